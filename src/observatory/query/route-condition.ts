// A route as a condition in SQL: exchanges do not carry its number, because what a path is counted under may change. It lets
// through all that is of the route, and some that is not; who asks looks again.
import { METHODS } from "../../model/span.ts";
import { OTHER_ROUTE } from "../routes/book.ts";

/** @returns undefined: anything may be of it */
export function routeCondition(route: string): readonly [sql: string, ...values: (string | number)[]] | undefined {
  if (route === OTHER_ROUTE) return undefined;
  const [, method = "", template = ""] = /^(\S+) (\/.*)$/.exec(route) ?? [];
  if (template === "") return ["method = 0 AND path = ?", route];
  const segments = template.split("/").filter((label) => label !== "");
  return [
    "method = ? AND regexp_full_match(path, ?)",
    (METHODS as readonly string[]).indexOf(method),
    `${segments.map((label) => `/+${pattern(label)}(?:;[^/]*)?`).join("")}/*`,
  ];
}

function pattern(label: string): string {
  if (label === "*" || label === "{rest}") return ".*";
  return label
    .split(/\{[^}]*\}/)
    .map((text) => text.replace(/[^A-Za-z0-9]/g, "\\$&"))
    .join("[^/]*");
}

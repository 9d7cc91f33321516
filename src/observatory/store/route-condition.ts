// A route as a condition in SQL: exchanges do not carry its number, because what a path is counted under may change. It lets
// through all that is of the route, and some that is not; who asks looks again.
import { FLAG, METHODS } from "../../model/span.ts";
import { OTHER_ROUTE, PROBE_ROUTE } from "../routes/book.ts";

/** @param rules keys of those that count under it @returns undefined: anything may be of it */
export function routeCondition(
  route: string,
  rules: readonly number[],
): readonly [sql: string, ...values: (string | number)[]] | undefined {
  if (route === OTHER_ROUTE) return undefined;
  if (route === PROBE_ROUTE) return [`flags & ${FLAG.probe} <> 0`];
  const [, method = "", template = ""] = /^(\S+) (\/.*)$/.exec(route) ?? [];
  if (template === "") {
    const byRule = rules.length > 0 ? ` OR rule IN (${rules.join(", ")})` : "";
    return [`method = 0 AND path = ?${byRule}`, route];
  }
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

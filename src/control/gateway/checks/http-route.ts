// What the schema cannot say of an HTTPRoute: rules of the Gateway API between several of its fields.
import { isIP } from "node:net";
import type { Path } from "../../yaml/problems.ts";
import { milliseconds } from "../duration.ts";
import type { RawHttpRoute, RawHttpRule, RawMatch, RawValueMatch } from "../raw.ts";
import { type Report, unique } from "../report.ts";
import { checkFilters } from "./filters.ts";
import { checkPathMatch, checkRegex } from "./paths.ts";
import { checkBackend, checkParents } from "./refs.ts";

/** of all rules together, as in the Gateway API */
const MOST_MATCHES = 128;
/** filters that answer in place of the backend, or speak of all of them */
const ONLY_OF_RULES = new Set(["RequestRedirect", "CORS"]);

export function checkHttpRoute(report: Report, { parentRefs, hostnames, rules = [] }: RawHttpRoute): void {
  checkParents(report, parentRefs);
  checkHostnames(report, hostnames, ["spec", "hostnames"]);
  const path: Path = ["spec", "rules"];
  unique(
    report,
    rules,
    (index) => [...path, index, "name"],
    ({ name }) => name,
    "another rule has this name",
  );
  const count = rules.reduce((sum, { matches }) => sum + Math.max(1, matches?.length ?? 0), 0);
  if (count > MOST_MATCHES) {
    report.error(
      path,
      `the rules have ${count} matches, and a route at most ${MOST_MATCHES}`,
      "Split it into several routes.",
    );
  }
  for (const [index, rule] of rules.entries()) checkRule(report, rule, [...path, index]);
}

export function checkHostnames(report: Report, hostnames: readonly string[] | undefined, path: Path): void {
  unique(
    report,
    hostnames,
    (index) => [...path, index],
    (name) => name,
    "is there twice",
  );
  for (const [index, name] of (hostnames ?? []).entries()) {
    if (isIP(name)) report.error([...path, index], `${name} is an address`, "Write a host name, or leave it out.");
  }
}

function checkRule(report: Report, rule: RawHttpRule, path: Path): void {
  for (const [index, match] of (rule.matches ?? []).entries()) checkMatch(report, match, [...path, "matches", index]);
  checkFilters(report, rule, rule.filters ?? [], [...path, "filters"]);
  for (const [index, backend] of (rule.backendRefs ?? []).entries()) {
    const at = [...path, "backendRefs", index];
    checkBackend(report, backend, at);
    const filters = backend.filters ?? [];
    checkFilters(report, { ...rule, backendRefs: [] }, filters, [...at, "filters"]);
    for (const [place, { type }] of filters.entries()) {
      if (!ONLY_OF_RULES.has(type)) continue;
      report.unsupported(
        [...at, "filters", place, "type"],
        `${type} is not supported for a single backend, only for the rule`,
      );
    }
  }
  const redirects = rule.filters?.some(({ type }) => type === "RequestRedirect");
  if (!rule.backendRefs?.length && !redirects) {
    report.warning(path, "answers 500: it has neither backends nor a redirect", "Add backendRefs.");
  }
  checkTimeouts(report, rule, path);
  checkPersistence(report, rule, path);
  const codes = rule.retry?.codes;
  unique(
    report,
    codes,
    (index) => [...path, "retry", "codes", index],
    (code) => String(code),
    "is there twice",
  );
}

function checkMatch(report: Report, { path: wanted, headers, queryParams }: RawMatch, path: Path): void {
  if (wanted) checkPathMatch(report, wanted, [...path, "path"]);
  checkValues(report, headers, [...path, "headers"], (name) => name.toLowerCase());
  checkValues(report, queryParams, [...path, "queryParams"], (name) => name);
}

function checkValues(
  report: Report,
  conditions: readonly RawValueMatch[] | undefined,
  path: Path,
  canonical: (name: string) => string,
): void {
  unique(
    report,
    conditions,
    (index) => [...path, index, "name"],
    ({ name }) => canonical(name),
    "is there twice",
  );
  for (const [index, { type, value }] of (conditions ?? []).entries()) {
    if (type === "RegularExpression") checkRegex(report, value, [...path, index, "value"]);
  }
}

function checkTimeouts(report: Report, { timeouts }: RawHttpRule, path: Path): void {
  const request = milliseconds(timeouts?.request ?? "0s");
  const backendRequest = milliseconds(timeouts?.backendRequest ?? "0s");
  if (request > 0 && backendRequest > request) {
    const what = `is longer than the ${timeouts?.request} of the whole request`;
    report.error([...path, "timeouts", "backendRequest"], what, "Make it at most as long.");
  }
}

function checkPersistence(report: Report, { sessionPersistence: kept }: RawHttpRule, path: Path): void {
  if (!kept) return;
  const at = [...path, "sessionPersistence"];
  if (kept.type === "Header" && kept.cookieConfig) {
    report.error([...at, "cookieConfig"], "belongs to type Cookie", "Remove it, or let the type be Cookie.");
  }
  if (kept.cookieConfig?.lifetimeType === "Permanent" && kept.absoluteTimeout === undefined) {
    report.error(at, "a Permanent cookie needs an absoluteTimeout", "Add absoluteTimeout, such as 24h.");
  }
}

// Paths as routes may name them: those that a request can have once it is normalised.
import { RE2JS } from "re2js";
import type { Path } from "../../yaml/problems.ts";
import type { RawMatch, RawPathModifier } from "../raw.ts";
import type { Report } from "../report.ts";

/** RFC 3986: what may stand in a path */
const PATH = /^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/;

export function checkPathMatch(report: Report, match: NonNullable<RawMatch["path"]>, path: Path): void {
  const { type = "PathPrefix", value = "/" } = match;
  const at = [...path, "value"];
  if (type === "RegularExpression") checkRegex(report, value, at);
  else complain(report, value, mistakeInMatch(value), at);
}

type Mistake = readonly [what: string, fix: string] | undefined;

function mistakeInMatch(value: string): Mistake {
  if (!value.startsWith("/")) return ["does not begin with /", "Begin it with /."];
  if (value.includes("//")) return ["has an empty segment", "Write one / only."];
  if (/\/\.\.?(\/|$)/.test(value)) return ["has a . or .. segment, which no request has", "Write the path without it."];
  if (/%2f/i.test(value)) return ["has an encoded /", "Match it with a RegularExpression."];
  if (value.includes("#")) return ["has a #, which no request has", "Remove it and what stands behind it."];
  if (value.includes("?")) return ["has a query", "Match it with queryParams."];
  return PATH.test(value) ? undefined : NO_PATH;
}

const NO_PATH: Mistake = ["has a character that no path has", "Write it percent-encoded, such as %20."];

export function checkPathChange(report: Report, change: RawPathModifier | undefined, path: Path): void {
  if (!change) return;
  const [own, other] =
    change.type === "ReplaceFullPath"
      ? (["replaceFullPath", "replacePrefixMatch"] as const)
      : (["replacePrefixMatch", "replaceFullPath"] as const);
  if (change[other] !== undefined) report.error([...path, other], `does not belong to ${change.type}`, "Remove it.");
  const value = change[own];
  if (value === undefined) report.error(path, `${own} is missing`, `Add ${own}.`);
  else if (value !== "" || own === "replaceFullPath") complain(report, value, mistakeInChange(value), [...path, own]);
}

function mistakeInChange(value: string): Mistake {
  if (!value.startsWith("/")) return ["does not begin with /", "Begin it with /."];
  return PATH.test(value) ? undefined : NO_PATH;
}

function complain(report: Report, value: string, mistake: Mistake, path: Path): void {
  if (mistake) report.error(path, `${JSON.stringify(value)} ${mistake[0]}`, mistake[1]);
}

const known = new Map<string, string | undefined>();
const MOST_KNOWN = 10_000;

/** RE2's syntax, which takes linear time: no look-around, no back-references. */
export function checkRegex(report: Report, pattern: string, path: Path): void {
  const mistake = mistakeIn(pattern);
  if (mistake === undefined) return;
  const fix = "Write it in RE2's syntax: no look-around, no back-references.";
  report.error(path, `${JSON.stringify(pattern)} is no regular expression (${mistake})`, fix);
}

function mistakeIn(pattern: string): string | undefined {
  if (known.has(pattern)) return known.get(pattern);
  if (known.size >= MOST_KNOWN) known.clear();
  let mistake: string | undefined;
  try {
    RE2JS.compile(pattern);
  } catch (thrown) {
    mistake = (thrown instanceof Error ? thrown.message : String(thrown)).replace(/^error parsing regexp: /, "");
  }
  known.set(pattern, mistake);
  return mistake;
}

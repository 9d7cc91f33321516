// The filters of a rule or of one of its backends.
import { isModifiable } from "../../../protocol/http1/modifiable.ts";
import type { Path } from "../../yaml/problems.ts";
import type { RawFilter, RawHeaderModifier, RawHttpRule, RawPathModifier } from "../raw.ts";
import { type Report, unique } from "../report.ts";
import { checkPathChange } from "./paths.ts";
import { checkBackend } from "./refs.ts";

/** the field that holds a filter's settings */
const FIELD = {
  RequestHeaderModifier: "requestHeaderModifier",
  ResponseHeaderModifier: "responseHeaderModifier",
  RequestMirror: "requestMirror",
  RequestRedirect: "requestRedirect",
  URLRewrite: "urlRewrite",
  CORS: "cors",
  ExternalAuth: "externalAuth",
  ExtensionRef: "extensionRef",
} as const satisfies Record<RawFilter["type"], keyof RawFilter>;

const REDIRECTS = [301, 302, 303, 307, 308];

export function checkFilters(report: Report, rule: RawHttpRule, filters: readonly RawFilter[], path: Path): void {
  const once = (filter: RawFilter) => (filter.type === "RequestMirror" ? undefined : filter.type);
  unique(report, filters, (index) => [...path, index, "type"], once, "this filter is there twice");
  const types = filters.map(({ type }) => type);
  if (types.includes("RequestRedirect") && types.includes("URLRewrite")) {
    const at = [...path, types.indexOf("URLRewrite")];
    report.error(at, "URLRewrite and RequestRedirect exclude each other", "Keep one of the two.");
  }
  for (const [index, filter] of filters.entries()) checkFilter(report, rule, filter, [...path, index]);
}

function checkFilter(report: Report, rule: RawHttpRule, filter: RawFilter, path: Path): void {
  const own = FIELD[filter.type];
  for (const field of Object.values(FIELD)) {
    if (field === own || filter[field] === undefined) continue;
    report.error(
      [...path, field],
      `does not belong to a filter of type ${filter.type}`,
      "Remove it, or correct the type.",
    );
  }
  const at = [...path, own];
  if (filter[own] === undefined) {
    report.error(path, `${own} is missing`, `Add ${own}.`);
    return;
  }
  switch (filter.type) {
    case "RequestHeaderModifier":
    case "ResponseHeaderModifier":
      checkHeaders(report, filter[own] as RawHeaderModifier, at, filter.type === "RequestHeaderModifier");
      return;
    case "RequestMirror":
      checkMirror(report, filter.requestMirror, at);
      return;
    case "RequestRedirect":
      checkRedirect(report, rule, filter.requestRedirect, at);
      return;
    case "URLRewrite":
      checkPathChange(report, filter.urlRewrite?.path, [...at, "path"]);
      checkPrefix(report, rule, filter.urlRewrite?.path, [...at, "path"]);
      return;
    case "CORS":
      checkCors(report, filter.cors, at);
      return;
    case "ExternalAuth":
      report.unsupported([...path, "type"], "ExternalAuth is not supported: nobody is asked");
      return;
    case "ExtensionRef":
      report.unsupported([...path, "type"], "ExtensionRef is not supported: there are no extensions");
      return;
  }
}

function checkHeaders(report: Report, changes: RawHeaderModifier, path: Path, isRequest: boolean): void {
  for (const field of ["set", "add", "remove"] as const) {
    const lines = changes[field] ?? [];
    const nameOf = (line: string | { readonly name: string }) =>
      (typeof line === "string" ? line : line.name).toLowerCase();
    unique<(typeof lines)[number]>(
      report,
      lines,
      (index) => [...path, field, index],
      nameOf,
      "this header is there twice",
    );
    for (const [index, line] of lines.entries()) {
      const name = nameOf(line);
      const at = [...path, field, index];
      if (isRequest && name === "host")
        report.error(at, "host is not a header to change", "Use URLRewrite with hostname.");
      else if (!isModifiable(name)) report.error(at, `${name} is the mesh's own`, "Remove it.");
      if (typeof line !== "string" && hasControl(line.value)) {
        report.error([...at, "value"], "has a control character or a space at its end", "Write plain text.");
      }
    }
  }
}

function hasControl(text: string): boolean {
  return text.trim() !== text || [...text].some((char) => (char < " " && char !== "\t") || char === "\x7f");
}

function checkMirror(report: Report, mirror: RawFilter["requestMirror"], path: Path): void {
  if (!mirror) return;
  checkBackend(report, mirror.backendRef, [...path, "backendRef"]);
  const { percent, fraction } = mirror;
  if (percent !== undefined && fraction) {
    report.error([...path, "fraction"], "percent and fraction exclude each other", "Keep one of the two.");
  }
  if (fraction && fraction.numerator > (fraction.denominator ?? 100)) {
    report.error([...path, "fraction"], "is more than the whole", "Make numerator at most denominator.");
  }
}

function checkRedirect(report: Report, rule: RawHttpRule, redirect: RawFilter["requestRedirect"], path: Path): void {
  checkPathChange(report, redirect?.path, [...path, "path"]);
  checkPrefix(report, rule, redirect?.path, [...path, "path"]);
  const status = redirect?.statusCode;
  if (status !== undefined && !REDIRECTS.includes(status)) {
    report.error([...path, "statusCode"], `${status} is no redirect`, `Write one of ${REDIRECTS.join(", ")}.`);
  }
  if (rule.backendRefs?.length) {
    report.error(path, "a rule that redirects has no backends", "Remove backendRefs, or the redirect.");
  }
}

/** What matched is replaced, so there must be one prefix that can match. */
function checkPrefix(report: Report, { matches }: RawHttpRule, change: RawPathModifier | undefined, path: Path): void {
  if (change?.type !== "ReplacePrefixMatch") return;
  const isOne = !matches?.length || (matches.length === 1 && (matches[0]?.path?.type ?? "PathPrefix") === "PathPrefix");
  if (!isOne) {
    const what = "ReplacePrefixMatch needs a rule with exactly one match, of a PathPrefix";
    report.error(path, what, "Split the rule, or use ReplaceFullPath.");
  }
}

function checkCors(report: Report, cors: RawFilter["cors"], path: Path): void {
  for (const field of ["allowOrigins", "allowMethods", "allowHeaders", "exposeHeaders"] as const) {
    const items: readonly string[] = cors?.[field] ?? [];
    unique(
      report,
      items,
      (index) => [...path, field, index],
      (item) => item.toLowerCase(),
      "is there twice",
    );
    if (items.length > 1 && items.includes("*")) {
      report.error([...path, field], "* stands for all and goes with nothing else", "Keep the * alone, or remove it.");
    }
  }
}

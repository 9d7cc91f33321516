// CORS (HTTPCORSFilter): says to browsers which other origins may call, in place of the service. A preflight is answered
// here; of other answers the permission is added, and what the service itself said about it is dropped, because two
// permissions are none.
import type { Cors } from "../../../model/route.ts";
import { fieldLine, fieldValue, withoutFields } from "../../../protocol/http1/lines.ts";
import type { FieldLines } from "../../../protocol/http1/types.ts";
import type { Core, Layer } from "../../shapes.ts";
import { reply } from "../reply.ts";

const NOTHING = "" as FieldLines;
const VARY = fieldLine("Vary", "Origin");
const VARY_PREFLIGHT = fieldLine("Vary", "Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
const PERMISSIONS = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
  "access-control-allow-methods",
  "access-control-allow-headers",
  "access-control-max-age",
];

export function cors(core: Core, config: Cors): Layer {
  const isAllowed = originTest(config.allowOrigins);
  const isForAll = config.allowOrigins.includes("*") && !config.allowCredentials;
  const credentials = config.allowCredentials ? fieldLine("Access-Control-Allow-Credentials", "true") : NOTHING;
  const exposed = listLine("Access-Control-Expose-Headers", config.exposeHeaders);
  const maxAge = config.maxAgeS > 0 ? fieldLine("Access-Control-Max-Age", String(config.maxAgeS)) : NOTHING;

  /** an origin that may call */
  const permitted = (origin: string): string =>
    // what came in a field can go out in one
    `Access-Control-Allow-Origin: ${isForAll ? "*" : origin}\r\n${credentials}`;

  function preflight(lines: FieldLines, origin: string): FieldLines {
    if (!isAllowed(origin)) return VARY_PREFLIGHT;
    const asked = (name: string) => fieldValue(lines, name);
    const methods = granted(config, config.allowMethods, asked("access-control-request-method"));
    const headers = granted(config, config.allowHeaders, asked("access-control-request-headers"));
    const text = `${permitted(origin)}${line("Access-Control-Allow-Methods", methods)}${line("Access-Control-Allow-Headers", headers)}${maxAge}${VARY_PREFLIGHT}`;
    return text as FieldLines;
  }

  return (inner, outer) => ({
    run(x) {
      const lines = x.head?.lines ?? NOTHING;
      const origin = fieldValue(lines, "origin");
      if (origin === undefined) return inner.run(x);
      if (x.head?.method === "OPTIONS" && fieldValue(lines, "access-control-request-method") !== undefined) {
        return reply(core, x, outer, "204 No Content", preflight(lines, origin));
      }
      // added to whatever answer there will be, ours included, so that a page can read why it failed
      const added = isAllowed(origin) ? permitted(origin) + exposed + (isForAll ? "" : VARY) : VARY;
      x.answerAdded = (x.answerAdded + added) as FieldLines;
      inner.run(x);
    },
    answer(x) {
      x.answerLines = withoutFields(x.answerLines ?? x.response?.lines ?? NOTHING, PERMISSIONS);
      return outer.answer(x);
    },
  });
}

/** `*` means nothing where credentials are allowed (Fetch §3.2.5), so what was asked for is then granted by name. */
function granted(config: Cors, allowed: readonly string[], asked: string | undefined): string {
  if (!allowed.includes("*")) return allowed.join(", ");
  return config.allowCredentials ? (asked ?? "") : "*";
}

function line(name: string, value: string): string {
  return value === "" ? "" : fieldLine(name, value);
}

function listLine(name: string, values: readonly string[]): FieldLines {
  return line(name, values.join(", ")) as FieldLines;
}

/** `*`, an origin, or one with `*.` in front of its host: any labels, one at least. */
function originTest(patterns: readonly string[]): (origin: string) => boolean {
  if (patterns.includes("*")) return () => true;
  const exact = new Set<string>();
  const wild: { readonly begin: string; readonly end: string }[] = [];
  for (const pattern of patterns.map((text) => text.toLowerCase())) {
    const star = pattern.indexOf("*");
    if (star < 0) exact.add(pattern);
    else wild.push({ begin: pattern.slice(0, star), end: pattern.slice(star + 1) });
  }
  return (text) => {
    const origin = text.toLowerCase();
    return exact.has(origin) || wild.some(({ begin, end }) => isBetween(origin, begin, end));
  };
}

function isBetween(origin: string, begin: string, end: string): boolean {
  if (origin.length <= begin.length + end.length || !origin.startsWith(begin) || !origin.endsWith(end)) return false;
  return /^[a-z0-9.-]+$/.test(origin.slice(begin.length, origin.length - end.length));
}

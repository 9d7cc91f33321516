// One path, one spelling (RFC 3986 §6.2.2): what is matched is also what is sent on, so that no request is judged by a
// path that its server will not see. Percent-encoded unreserved characters are decoded, hexadecimal digits written in
// upper case, dot segments taken out. Double slashes and encoded slashes mean something to some servers and are left alone.
import { hexValue, SLASH } from "../../../protocol/http1/characters.ts";

const DOT = 0x2e;
/** what some servers take for a separator, or for the start of parameters that are no part of the name */
const HIDDEN = /%2F|%5C|;/;
const SEPARATOR = /\/|%2F|%5C/;

/**
 * undefined: the path has dot segments that only a server sees that decodes %2F or %5C, or cuts `;parameters` off, before
 * it looks for them (`/public/..;/admin`): nobody needs it, and it means two things.
 * @param path a checked path
 */
export function normalPath(path: string): string | undefined {
  // nearly every path: two native searches and no new string
  if (path.indexOf("/.") < 0 && path.indexOf("%") < 0) return path;
  const decoded = path.indexOf("%") < 0 ? path : decodeUnreserved(path);
  const normal = decoded.indexOf("/.") < 0 ? decoded : withoutDotSegments(decoded);
  return hasHiddenDots(normal) ? undefined : normal;
}

function decodeUnreserved(path: string): string {
  let result = "";
  let from = 0;
  for (let at = path.indexOf("%"); at >= 0; at = path.indexOf("%", at + 3)) {
    const code = hexValue(path.charCodeAt(at + 1)) * 16 + hexValue(path.charCodeAt(at + 2));
    result += path.slice(from, at);
    result += isUnreserved(code) ? String.fromCharCode(code) : path.slice(at, at + 3).toUpperCase();
    from = at + 3;
  }
  return result + path.slice(from);
}

/** RFC 3986 §2.3 */
function isUnreserved(code: number): boolean {
  if (code >= 0x30 && code <= 0x39) return true;
  const letter = code | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return true;
  return code === 0x2d || code === DOT || code === 0x5f || code === 0x7e;
}

/** RFC 3986 §5.2.4; `..` above the root stays at the root. */
function withoutDotSegments(path: string): string {
  const segments = path.split("/");
  const kept: string[] = [];
  for (const [i, segment] of segments.entries()) {
    const isLast = i === segments.length - 1;
    if (segment === ".") {
      if (isLast) kept.push("");
    } else if (segment === "..") {
      if (kept.length > 1) kept.pop();
      if (isLast) kept.push("");
    } else {
      kept.push(segment);
    }
  }
  return kept.join("/");
}

function hasHiddenDots(path: string): boolean {
  return HIDDEN.test(path) && path.split(SEPARATOR).some((part) => isDots(part.split(";", 1)[0]));
}

function isDots(part: string | undefined): boolean {
  return part === "." || part === "..";
}

/** The path of a route's match or rewrite, spelled like the paths it is compared with. */
export function configuredPath(path: string): string {
  return normalPath(path) ?? path;
}

/** A prefix without its trailing slash, which says nothing: `/a/` is `/a`, and `/` is the empty one. */
export function configuredPrefix(path: string): string {
  const normal = configuredPath(path);
  return normal.charCodeAt(normal.length - 1) === SLASH ? normal.slice(0, -1) : normal;
}

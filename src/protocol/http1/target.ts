// The request target and the host it names (RFC 9112 §3.2): which of the four forms it is, and what it says.
import { COLON, HEX, HOST, IPV6, PATH, PERCENT, QUERY, QUESTION, SLASH } from "./characters.ts";
import type { Violation } from "./types.ts";
import { nameOfCode, violation } from "./violation.ts";

/** Index behind the last character that can belong to a path which begins at `at`. Percent signs need two digits. */
export function endOfPath(text: string, at: number): number {
  return endOf(text, at, PATH);
}

/** The same for a query; `at` is behind its question mark. */
export function endOfQuery(text: string, at: number): number {
  return endOf(text, at, QUERY);
}

function endOf(text: string, from: number, allowed: Uint8Array): number {
  let at = from;
  for (;;) {
    let code = text.charCodeAt(at);
    while (allowed[code] === 1) code = text.charCodeAt(++at);
    if (code !== PERCENT) return at;
    if (HEX[text.charCodeAt(at + 1)] !== 1 || HEX[text.charCodeAt(at + 2)] !== 1) return at;
    at += 3;
  }
}

/** Path and authority of a target that does not begin with a slash. `authority` is undefined where Host decides. */
export type OtherTarget = { readonly path: string; readonly authority?: string };

/** Reads the absolute, authority and asterisk forms. */
export function otherTarget(method: string, target: string): OtherTarget | Violation {
  if (method === "CONNECT") {
    // The port is required (RFC 9110 §9.3.6).
    if (!isAuthority(target) || !hasPort(target)) {
      return violation(400, "RFC 9112 §3.2.3", "the target of CONNECT is not host:port");
    }
    return { path: "", authority: target };
  }
  if (target === "*") {
    if (method === "OPTIONS") return { path: "*" };
    return violation(400, "RFC 9112 §3.2.4", `the target * with ${method}`);
  }
  return absoluteTarget(method, target);
}

function absoluteTarget(method: string, target: string): OtherTarget | Violation {
  // https over this connection would claim a security it does not have (RFC 9110 §4.2.2).
  if (target.slice(0, 7).toLowerCase() !== "http://") return badTarget(target, 0);
  let end = 7;
  while (end < target.length && target.charCodeAt(end) !== SLASH && target.charCodeAt(end) !== QUESTION) end++;
  const authority = target.slice(7, end);
  // User information included: it has no place here (RFC 9110 §4.2.4).
  if (!isAuthority(authority)) return violation(400, "RFC 9110 §4.2.1", "no valid host in the absolute target");
  if (end === target.length) return { path: method === "OPTIONS" ? "*" : "/", authority };

  const pathEnd = endOfPath(target, end);
  const path = pathEnd === end ? "/" : target.slice(end, pathEnd);
  if (pathEnd === target.length) return { path, authority };
  if (target.charCodeAt(pathEnd) !== QUESTION) return badTarget(target, pathEnd);
  const queryEnd = endOfQuery(target, pathEnd + 1);
  return queryEnd === target.length ? { path, authority } : badTarget(target, queryEnd);
}

/** The refusal for a target that goes wrong at `at`. */
export function badTarget(text: string, at: number): Violation {
  const code = text.charCodeAt(at);
  if (code === PERCENT) return violation(400, "RFC 3986 §2.1", "a percent sign without two hexadecimal digits");
  if (code === 0x23) return violation(400, "RFC 9112 §3.2", "a fragment in the request target");
  return violation(400, "RFC 9112 §3.2", `${nameOfCode(code)} in the request target`);
}

/** uri-host [":" port], both not empty (RFC 9110 §7.2); see HOST for what is stricter here than the grammar. */
export function isAuthority(text: string): boolean {
  let at = 0;
  if (text.charCodeAt(0) === 0x5b) {
    at = text.indexOf("]");
    if (at < 0 || !isIPv6(text.slice(1, at))) return false;
    at++;
  } else {
    while (HOST[text.charCodeAt(at)] === 1) at++;
    if (at === 0) return false;
  }
  if (at === text.length) return true;
  if (text.charCodeAt(at) !== COLON) return false;
  return isPort(text, at + 1);
}

function isPort(text: string, from: number): boolean {
  const digits = text.length - from;
  if (digits < 1 || digits > 5) return false;
  let port = 0;
  for (let i = from; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return false;
    port = port * 10 + digit;
  }
  return port <= 65_535;
}

/** RFC 4291 §2.2, without a zone */
function isIPv6(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (IPV6[text.charCodeAt(i)] !== 1) return false;
  const halves = text.split("::");
  if (halves.length > 2) return false;
  let groups = 0;
  for (const [index, half] of halves.entries()) {
    if (half === "") {
      if (halves.length === 1) return false;
      continue;
    }
    const parts = half.split(":");
    for (const [place, part] of parts.entries()) {
      const isLast = index === halves.length - 1 && place === parts.length - 1;
      if (part.includes(".")) {
        if (!isLast || !isIPv4(part)) return false;
        groups += 2;
      } else {
        if (part.length < 1 || part.length > 4) return false;
        groups++;
      }
    }
  }
  return halves.length === 2 ? groups < 8 : groups === 8;
}

function isIPv4(text: string): boolean {
  const parts = text.split(".");
  return parts.length === 4 && parts.every((part) => /^(0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255);
}

function hasPort(authority: string): boolean {
  return authority.lastIndexOf(":") > authority.lastIndexOf("]");
}

/** Do a target's authority and a Host field name the same? The default port may be left out in either. */
export function sameAuthority(method: string, authority: string, host: string): boolean {
  if (authority === host) return true;
  const a = authority.toLowerCase();
  const b = host.toLowerCase();
  if (a === b) return true;
  // The RFC's own example of CONNECT leaves the port out of Host (RFC 9112 §3.2.3).
  if (method === "CONNECT") return !hasPort(b) && a.slice(0, a.lastIndexOf(":")) === b;
  return withoutDefaultPort(a) === withoutDefaultPort(b);
}

function withoutDefaultPort(authority: string): string {
  return authority.endsWith(":80") && hasPort(authority) ? authority.slice(0, -3) : authority;
}

// Reads from an answer what tells of its visitor: a session that begins or changes, what kind of thing it is, where it sends
// the browser next.
import { CONTENTS } from "../../../../model/visit.ts";
import { fieldLines, isNamed } from "../../../../protocol/http1/lines.ts";
import { endOf, startOf } from "../../../../protocol/http1/shared-values.ts";
import type { ResponseHead } from "../../../../protocol/http1/types.ts";
import { remembered } from "./remembered.ts";
import { better, type SessionCookie } from "./session-cookie.ts";

export type AnswerFields = {
  /** the session from now on */
  cookie: SessionCookie | undefined;
  /** of CONTENTS */
  content: number;
  isCacheable: boolean;
  location: string;
};

export function answerFields(): AnswerFields {
  return { cookie: undefined, content: 0, isCacheable: false, location: "" };
}

/** @param response undefined: there was none @param before the session that the request showed */
export function readAnswer(
  response: ResponseHead | undefined,
  before: SessionCookie | undefined,
  into: AnswerFields,
): void {
  into.cookie = before;
  into.content = 0;
  into.isCacheable = false;
  into.location = "";
  if (!response) return;
  const { text, contentType = 0, cacheControl = 0 } = response;
  if (text === undefined || response.hasCookieOrLocation) {
    readLines(response.lines ?? fieldLines(response.fields), into);
    return;
  }
  // most answers tell no more than what the scan of the head has found
  if (contentType !== 0) into.content = contentOf(text, startOf(contentType), endOf(contentType));
  if (cacheControl !== 0) into.isCacheable = isCacheable(text, startOf(cacheControl), endOf(cacheControl));
}

function readLines(lines: string, into: AnswerFields): void {
  for (let at = 0; at < lines.length; ) {
    const end = lines.indexOf("\r\n", at);
    const first = lines.charCodeAt(at) | 0x20;
    if (first === 0x63) {
      if (is(lines, at, "content-type")) into.content = contentOf(lines, at + 14, end);
      else if (is(lines, at, "cache-control")) into.isCacheable = isCacheable(lines, at + 15, end);
    } else if (first === 0x73) {
      if (is(lines, at, "set-cookie")) into.cookie = afterSetting(lines.slice(at + 12, end), into.cookie);
    } else if (first === 0x6c && is(lines, at, "location")) into.location = lines.slice(at + 10, end);
    at = end + 2;
  }
}

function is(lines: string, at: number, name: string): boolean {
  return lines.charCodeAt(at + name.length) === 0x3a && isNamed(lines, at, name);
}

/** A new value of the same cookie replaces it; another cookie only when it is the better one. */
function afterSetting(field: string, session: SessionCookie | undefined): SessionCookie | undefined {
  const semicolon = field.indexOf(";");
  const end = semicolon < 0 ? field.length : semicolon;
  const equals = field.indexOf("=");
  if (equals <= 0 || equals > end) return session;
  const name = field.slice(0, equals);
  return better(session?.name === name ? undefined : session, name, field.slice(equals + 1, end)) ?? session;
}

const PAGE = /^(?:text\/html|application\/xhtml)/i;
const API = /^(?:application\/(?:[\w.+-]*json|xml|grpc|graphql|x-ndjson)|text\/(?:plain|xml|event-stream))/i;
const MOST = 256;

const contentOf = remembered(MOST, (type) =>
  CONTENTS.indexOf(PAGE.test(type) ? "page" : API.test(type) ? "api" : "asset"),
);

const isCacheable = remembered(
  MOST,
  (control) => !/no-store|no-cache/i.test(control) && /max-age=[1-9]|s-maxage=[1-9]|immutable/i.test(control),
);

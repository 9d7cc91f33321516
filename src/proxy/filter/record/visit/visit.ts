// Who is behind a request that came in through a published port, and what it is of his visit. Of what tells it, only a
// keyed hash and a few bits leave this function; docs/privacy.md says which.
import { type Hash, type SipKey, sipHash } from "../../../../base/siphash.ts";
import { NO_PAGES, type Pages, STRENGTHS, VISIT_FIELD, VISIT_FLAG } from "../../../../model/visit.ts";
import { fieldLines } from "../../../../protocol/http1/lines.ts";
import type { RequestHead } from "../../../../protocol/http1/types.ts";
import type { Core, Exchange } from "../../../shapes.ts";
import { maskedPath } from "../masked-path.ts";
import { hashKeys } from "../visitor-keys.ts";
import { agentBits } from "./agents.ts";
import { answerFields, readAnswer } from "./answer-fields.ts";
import { readRequest, requestFields } from "./request-fields.ts";
import { pathOn } from "./same-host.ts";
import { secretText, weakText } from "./secret.ts";
import { subjectOf } from "./subject.ts";

const asked = requestFields();
const answered = answerFields();
const hash: Hash = { high: 0, low: 0 };

export type Visitors = {
  /** fills the row's columns of the visitor @returns the pages that the exchange names */
  write(row: number, x: Exchange): Pages;
};

export function visitors(core: Core): Visitors {
  return {
    write(row, x) {
      const { columns } = core.deps.spans;
      columns.visit[row] = 0;
      const { head } = x;
      const { current, previous } = hashKeys(core);
      if (!head || x.isMirror || !current) return NO_PAGES;
      readRequest(head.lines ?? fieldLines(head.fields), asked);
      if (asked.hasOptedOut) {
        columns.visit[row] = VISIT_FLAG.optedOut;
        return NO_PAGES;
      }
      const { response } = x;
      readAnswer(response ? (response.lines ?? fieldLines(response.fields)) : "", asked.cookie, answered);

      const secret = secretOf(x);
      const isNew = secret !== undefined && answered.cookie?.value !== asked.cookie?.value;
      const text = secret ?? weakText(x.downstream.socket.remoteAddress ?? "", asked.userAgent);
      sipHash(current, text, hash);
      columns.visitor0[row] = hash.high;
      columns.visitor1[row] = hash.low;
      const other = isNew && asked.cookie ? secretText(asked.cookie.value) : undefined;
      const joins = other !== undefined || previous !== undefined;
      if (joins) {
        // who is under way when keys change is found again by the one before
        sipHash(other !== undefined ? current : (previous as SipKey), other ?? text, hash);
        columns.joins0[row] = hash.high;
        columns.joins1[row] = hash.low;
      }
      columns.visit[row] = bits(head) | (isNew ? VISIT_FLAG.isNew : 0) | (joins ? VISIT_FLAG.joins : 0);
      return pagesOf(x, head, current);
    },
  };
}

/** undefined: there is none, and the visitor can only be guessed at. */
function secretOf({ response }: Exchange): string | undefined {
  if (answered.cookie && response) return secretText(answered.cookie.value);
  if (asked.cookie) return secretText(asked.cookie.value);
  return asked.credential === "" ? undefined : secretText(subjectOf(asked.credential));
}

const WEAK = STRENGTHS.indexOf("weak");
const COOKIE = STRENGTHS.indexOf("cookie");
const CREDENTIAL = STRENGTHS.indexOf("credential");

/** What the request and its answer say of the visit, as model/visit.ts has it. */
function bits({ target, path }: RequestHead): number {
  const strength = answered.cookie ? COOKIE : asked.credential !== "" ? CREDENTIAL : WEAK;
  let made =
    (strength << VISIT_FIELD.strength[0]) |
    (asked.mode << VISIT_FIELD.mode[0]) |
    (asked.destination << VISIT_FIELD.destination[0]) |
    (asked.site << VISIT_FIELD.site[0]) |
    (answered.content << VISIT_FIELD.content[0]) |
    agentBits(asked.userAgent);
  if (asked.isUser) made |= VISIT_FLAG.user;
  if (asked.isPrefetch) made |= VISIT_FLAG.prefetch;
  if (asked.hasCookies) made |= VISIT_FLAG.cookies;
  if (answered.isCacheable) made |= VISIT_FLAG.cacheable;
  if (target.length > path.length && /[?&](?:utm_\w+|gclid|fbclid|msclkid|dclid|ttclid)=/.test(target)) {
    made |= VISIT_FLAG.campaign;
  }
  return made;
}

function pagesOf({ status }: Exchange, { authority }: RequestHead, key: SipKey): Pages {
  const page = (url: string) => (url === "" ? "" : maskedPath(pathOn(authority, url), key));
  const from = page(asked.referer);
  const to = page(status >= 300 && status < 400 ? answered.location : "");
  return from === "" && to === "" ? NO_PAGES : { from, to };
}

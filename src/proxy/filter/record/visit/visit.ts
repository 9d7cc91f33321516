// Who is behind a request that came in through a published port, and what it is of his visit. Of what tells it, only a
// keyed hash and a few bits leave this function; docs/privacy.md says which.
import { type Hash, sipHash } from "../../../../base/siphash.ts";
import { NO_PAGES, type Pages, STRENGTHS, VISIT_FIELD, VISIT_FLAG } from "../../../../model/visit.ts";
import type { RequestHead } from "../../../../protocol/http1/types.ts";
import type { Core, Exchange } from "../../../shapes.ts";
import { maskedPath } from "../masked-path.ts";
import { hashKeys } from "../visitor-keys.ts";
import { answerFields, readAnswer } from "./answer-fields.ts";
import { askerOf } from "./asker.ts";
import type { RequestFields } from "./request-fields.ts";
import { pathOn } from "./same-host.ts";
import { secretText } from "./secret.ts";

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
      const { head, response } = x;
      const { current, previous } = hashKeys(core);
      if (!head || x.isMirror || !current) return NO_PAGES;
      const asker = askerOf(x, head, current);
      const { cookie, hasOptedOut } = asker.fields;
      if (hasOptedOut) {
        columns.visit[row] = VISIT_FLAG.optedOut;
        return NO_PAGES;
      }
      readAnswer(response, cookie, answered);

      const session = answered.cookie?.value;
      const isNew = session !== undefined && session !== cookie?.value;
      const text = isNew ? secretText(session) : asker.text;
      let visitor = asker.hash;
      if (isNew) {
        sipHash(current, text, hash);
        visitor = hash;
      }
      columns.visitor0[row] = visitor.high;
      columns.visitor1[row] = visitor.low;
      const isReplaced = isNew && cookie !== undefined;
      const joins = isReplaced || previous !== undefined;
      if (joins) {
        // who is under way when keys change is found again by the one before
        if (!isReplaced && previous) sipHash(previous, text, hash);
        const other = isReplaced ? asker.hash : hash;
        columns.joins0[row] = other.high;
        columns.joins1[row] = other.low;
      }
      columns.visit[row] =
        asker.bits | ownBits(head, asker.fields) | (isNew ? VISIT_FLAG.isNew : 0) | (joins ? VISIT_FLAG.joins : 0);
      const { status } = x;
      const to =
        status >= 300 && status < 400 && answered.location !== "" ? pathOn(head.authority, answered.location) : "";
      if (asker.from === "" && to === "") return NO_PAGES;
      return { from: asker.from, to: maskedPath(to, current) };
    },
  };
}

const WEAK = STRENGTHS.indexOf("weak");
const COOKIE = STRENGTHS.indexOf("cookie");
const CREDENTIAL = STRENGTHS.indexOf("credential");
const CAMPAIGN = /[?&](?:utm_\w+|gclid|fbclid|msclkid|dclid|ttclid)=/;
const INITIALS = [..."ugfmdt"].map((letter) => letter.charCodeAt(0));

/** What this request and its answer say of the visit, beside what the asker's fields do. */
function ownBits({ target, path }: RequestHead, { credential }: RequestFields): number {
  const strength = answered.cookie ? COOKIE : credential !== "" ? CREDENTIAL : WEAK;
  return (
    (strength << VISIT_FIELD.strength[0]) |
    (answered.content << VISIT_FIELD.content[0]) |
    (answered.isCacheable ? VISIT_FLAG.cacheable : 0) |
    (target.length > path.length && isCampaign(target, path.length) ? VISIT_FLAG.campaign : 0)
  );
}

/** @param query where it begins, with its question mark */
function isCampaign(target: string, query: number): boolean {
  for (let at = query; at >= 0; at = target.indexOf("&", at + 1)) {
    // by its first letter most parameters are none
    if (INITIALS.includes(target.charCodeAt(at + 1))) return CAMPAIGN.test(target);
  }
  return false;
}

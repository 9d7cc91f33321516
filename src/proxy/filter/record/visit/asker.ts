// Who asks, as far as a request alone tells it. On one connection a browser mostly repeats its fields, and what they tell, down
// to the hash, is then known from last time.
import { type Hash, type SipKey, sipHash } from "../../../../base/siphash.ts";
import { VISIT_FIELD, VISIT_FLAG } from "../../../../model/visit.ts";
import { fieldLines } from "../../../../protocol/http1/lines.ts";
import type { RequestHead } from "../../../../protocol/http1/types.ts";
import { byConnection } from "../../../by-connection.ts";
import type { Exchange } from "../../../shapes.ts";
import { maskedPath } from "../masked-path.ts";
import { agentBits } from "./agents.ts";
import { type RequestFields, readRequest, requestFields } from "./request-fields.ts";
import { pathOn } from "./same-host.ts";
import { secretText, weakText } from "./secret.ts";
import { subjectOf } from "./subject.ts";

export type Asker = {
  readonly fields: RequestFields;
  /** what his key is a hash of, and that hash */
  text: string;
  readonly hash: Hash;
  /** what his fields say of the visit, as model/visit.ts has it */
  bits: number;
  /** the page that he comes from; "": none of this host */
  from: string;
};

type Known = Asker & { lines: string; address: string; authority: string; key: SipKey | undefined };

/** longer fields are remembered of one connection alone */
const LONGEST = 4_096;
const known = byConnection(nobody);
const long = nobody();

function nobody(): Known {
  const asker = { fields: requestFields(), text: "", hash: { high: 0, low: 0 }, bits: 0, from: "" };
  return { ...asker, lines: "", address: "", authority: "", key: undefined };
}

/** @returns valid until the next call; of one who has opted out only that */
export function askerOf({ downstream }: Exchange, head: RequestHead, key: SipKey): Asker {
  const lines = head.lines ?? fieldLines(head.fields);
  const address = downstream.socket.remoteAddress ?? "";
  const it = lines.length > LONGEST ? long : known(downstream.fd);
  if (it.lines === lines && it.key === key && it.address === address && it.authority === head.authority) return it;
  const { fields } = it;
  readRequest(lines, fields);
  const isOther = it.key !== key;
  it.key = key;
  it.lines = lines;
  it.address = address;
  it.authority = head.authority;
  if (fields.hasOptedOut) {
    it.text = "";
    return it;
  }
  const text = textOf(fields, address);
  // from page to page a browser's other fields change
  if (isOther || text !== it.text) sipHash(key, text, it.hash);
  it.text = text;
  it.bits = bitsOf(fields);
  it.from = fields.referer === "" ? "" : maskedPath(pathOn(head.authority, fields.referer), key);
  return it;
}

function textOf({ cookie, credential, userAgent }: RequestFields, address: string): string {
  if (cookie) return secretText(cookie.value);
  return credential === "" ? weakText(address, userAgent) : secretText(subjectOf(credential));
}

function bitsOf({ mode, destination, site, userAgent, isUser, isPrefetch, hasCookies }: RequestFields): number {
  return (
    (mode << VISIT_FIELD.mode[0]) |
    (destination << VISIT_FIELD.destination[0]) |
    (site << VISIT_FIELD.site[0]) |
    agentBits(userAgent) |
    (isUser ? VISIT_FLAG.user : 0) |
    (isPrefetch ? VISIT_FLAG.prefetch : 0) |
    (hasCookies ? VISIT_FLAG.cookies : 0)
  );
}

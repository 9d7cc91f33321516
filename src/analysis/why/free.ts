// Whether a service that has become slow may have been held up by whom it calls, or is slow by itself.
import { type LedgerFacts, ledgerOf } from "../ledger/ledger.ts";
import type { Part } from "../ledger/types.ts";
import { addedTo } from "./added.ts";
import { isRequest } from "./contrast/attributes.ts";
import { changeBehind, type Material } from "./evidence.ts";
import { rateOf } from "./grown.ts";
import { pressureOf } from "./pressure.ts";

/** Where the time goes that a caller waits for a thread, a connection or an answer. */
const WAITS: readonly Part[] = ["own: unexplained", "waiting for a connection", "connecting", "retries"];

/** so many times as many requests are more than there usually are */
const SURGE = 1.5;
const FEWEST = 30;

/**
 * It is free of the callee when it stands still by itself, or when what changed there is what went wrong; when it is asked more, and
 * by a larger factor than the callee has become slower; or when what was added most is neither time with that callee nor time in
 * which it may have waited: its own work, its network, or another callee that it asks more.
 */
export function isFree(material: Material, callee: string): boolean {
  const { before, during } = material;
  if (pressureOf(before.used, during.used) || changeBehind(material)) return true;
  const [usual, now] = [before.requests.filter(isRequest), during.requests.filter(isRequest)];
  const surge = rateOf(now) / rateOf(usual);
  if (usual.length >= FEWEST && surge >= SURGE && surge > meanUs(during, callee) / meanUs(before, callee)) return true;
  const [most] = addedTo(ledgerOf(before, isRequest).all, ledgerOf(during, isRequest).all);
  if (!most || most.duringMs <= most.beforeMs) return false;
  return most.part === "dependency" ? most.of !== callee : !WAITS.includes(most.part);
}

/** of its calls to one callee; not a number without any */
function meanUs({ calls }: LedgerFacts, callee: string): number {
  const its = calls.filter(({ destination, flags }) => destination === callee && !flags.includes("stream"));
  const weights = its.reduce((sum, { weight = 1 }) => sum + weight, 0);
  return its.reduce((sum, { durationUs, weight = 1 }) => sum + durationUs * weight, 0) / weights;
}

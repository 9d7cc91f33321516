// Whether a service that has become slow may have been held up by whom it calls, or is slow by itself.
import { type LedgerFacts, ledgerOf } from "../ledger/ledger.ts";
import type { Part } from "../ledger/types.ts";
import { addedTo } from "./added.ts";
import { isRequest } from "./contrast/attributes.ts";
import { pressureOf } from "./pressure.ts";

/** Where the time goes that a caller waits for a thread, a connection or an answer. */
const WAITS: readonly Part[] = ["own: unexplained", "waiting for a connection", "connecting", "retries"];

/**
 * It is free of the callee when it stands still by itself, or when what was added most is neither time with that callee nor
 * time in which it may have waited: its own work, its network, or another callee that it asks more.
 */
export function isFree(before: LedgerFacts, during: LedgerFacts, callee: string): boolean {
  if (pressureOf(before.used, during.used)) return true;
  const [most] = addedTo(ledgerOf(before, isRequest).all, ledgerOf(during, isRequest).all);
  if (!most || most.duringMs <= most.beforeMs) return false;
  return most.part === "dependency" ? most.of !== callee : !WAITS.includes(most.part);
}

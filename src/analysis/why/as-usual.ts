// The answer about requests that are no slower than usual, and slow: where their time goes, and what would shorten it.
import { type LedgerFacts, ledgerOf } from "../ledger/ledger.ts";
import type { LedgerRow } from "../ledger/types.ts";
import { addedTo } from "./added.ts";
import type { Answer } from "./answer.ts";
import { type Asked, isAmong } from "./asked.ts";
import { leastSure } from "./confidence.ts";
import { isRequest } from "./contrast/attributes.ts";
import { shortenings } from "./shorten.ts";
import { amount, percent } from "./words.ts";

/** ms of the mean request: up to a tenth of a second an answer seems to come at once (Nielsen, Usability Engineering, 1993) */
export const SLOW_MS = 100;
/** so many requests tell where the time goes */
const FEWEST = 20;
/** parts that its sentence names */
const NAMED = 3;

/** @param answer that nothing is wrong; it stays so when its requests are fast, or too few of them are kept */
export function asUsual(
  answer: Answer,
  of: { readonly before: LedgerFacts; readonly now: LedgerFacts },
  asked: Asked,
): Answer {
  const isAsked = isAmong(asked);
  const isOne = (one: Parameters<typeof isAsked>[0]) => isRequest(one) && isAsked(one);
  const now = ledgerOf(of.now, isOne);
  const { requests, meanMs } = now.all;
  if (answer.state !== "nothing-wrong" || requests < FEWEST || meanMs < SLOW_MS) return answer;
  const before = ledgerOf(of.before, isOne);
  const parts = now.all.rows.toSorted((a, b) => b.share - a.share).slice(0, NAMED);
  const { service } = of.now;
  return {
    ...answer,
    state: "as-usual",
    confidence: leastSure(answer.confidence, now.confidence),
    verdict: `${answer.verdict}; a request takes ${amount(meanMs / 1000, "latency")} in the mean: ${parts.map(partSays).join(", ")}`,
    ledger: { service, rows: addedTo(before.all, now.all).toSorted((a, b) => b.duringMs - a.duringMs) },
    next: [...answer.next, ...shortenings(of.now, now.all, asked)],
    coverage: {
      missing: [...answer.coverage.missing, ...now.missing.map(({ signal, enable }) => `${signal}: needs ${enable}`)],
    },
  };
}

function partSays({ part, of, share }: LedgerRow): string {
  if (part === "dependency") return `${percent(share)} with ${of}`;
  return `${percent(share)} ${part}${of === undefined ? "" : ` (${of})`}`;
}

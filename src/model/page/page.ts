// The page that all workers of a host and their supervisor map, for what must be exact over all of them: what is held now
// (connections, requests), retry budgets, rate limits, and which endpoints are ejected or unhealthy.
//
// What somebody holds stands in a row of his own and is summed, so that a killed worker's part can be given back. What is
// only spent (a rate) or known (a verdict) is one word for all, changed by compare-and-swap: no lock that a killed worker
// could keep. Two agents have it while one takes over from the other, each with rows of its own. Times are ms of the host's monotonic clock, the same in every process.
import { type Budgets, budgets, budgetsSize } from "./budget.ts";
import { type Held, held, heldSize } from "./held.ts";
import { type RateTable, rateTable, rateTableSize } from "./rate-table.ts";
import { type Slots, slots, slotsSize } from "./slots.ts";
import { type Statistics, statistics, statisticsSize } from "./statistics.ts";
import { VERDICT_WORDS, type Verdicts, verdicts } from "./verdict.ts";

/** Raise it when anything in the page gets another place or meaning: agents of two versions may share one. */
export const PAGE_LAYOUT = 1;

/** services that this host's workloads call, and their endpoints; more than these are not limited together */
const SERVICES = 2_048;
const ENDPOINTS = 8_192;
const RATES = 65_536;
const HEADER_WORDS = 16;

/** a service's word: when its endpoints were compared last */
const SERVICE_WORDS = 1;
const SEED = 0;
/** rises with each verdict that changed: whoever sees another number looks at his endpoints again */
const CHANGES = 1;
const PROBER = 2;

export type TrafficPage = {
  /** this worker's row */
  readonly index: number;
  readonly workers: number;
  readonly services: Slots;
  readonly endpoints: Slots;
  readonly held: Held;
  readonly budgets: Budgets;
  readonly rates: RateTable;
  readonly statistics: Statistics;
  readonly verdicts: Verdicts;
  /** how often a verdict changed */
  changes(): number;
  changed(): void;
  /** who does what only one worker does; free again `forMs` after its owner was last here */
  isMine(nowMs: number, forMs: number): boolean;
  /** the worker with this index died: what it held is free */
  giveBack(index: number): void;
};

/** bytes of the page for `workers` rows; what nobody touches takes no memory */
export function trafficPageSize(workers: number): number {
  return (
    HEADER_WORDS * 4 +
    slotsSize(SERVICES, SERVICE_WORDS) +
    slotsSize(ENDPOINTS, VERDICT_WORDS) +
    heldSize(workers, SERVICES) +
    budgetsSize(workers, SERVICES) +
    rateTableSize(RATES) +
    statisticsSize(workers, ENDPOINTS)
  );
}

/** @param seed for the hashes of names, so that nobody can choose names that meet; the first to set it decides */
export function trafficPage(bytes: Uint8Array, workers: number, index: number, seed = 1): TrafficPage {
  let at = bytes.byteOffset;
  const take = (size: number) => {
    const part = new Uint8Array(bytes.buffer, at, size);
    at += size;
    return part;
  };
  const header = new Int32Array(take(HEADER_WORDS * 4).buffer, bytes.byteOffset, HEADER_WORDS);
  Atomics.compareExchange(header, SEED, 0, seed | 1);
  const clear = (slot: number) => {
    page.held.reset(slot);
    page.budgets.reset(slot);
  };
  const services = slots(take(slotsSize(SERVICES, SERVICE_WORDS)), SERVICES, SERVICE_WORDS, clear);
  const endpoints = slots(take(slotsSize(ENDPOINTS, VERDICT_WORDS)), ENDPOINTS, VERDICT_WORDS, (slot) =>
    page.statistics.reset(slot),
  );
  const page: TrafficPage = {
    index,
    workers,
    services,
    endpoints,
    held: held(take(heldSize(workers, SERVICES)), workers, SERVICES, index),
    budgets: budgets(take(budgetsSize(workers, SERVICES)), workers, SERVICES, index),
    rates: rateTable(take(rateTableSize(RATES)), RATES, Atomics.load(header, SEED)),
    statistics: statistics(take(statisticsSize(workers, ENDPOINTS)), workers, ENDPOINTS, index),
    verdicts: verdicts(endpoints),
    changes: () => Atomics.load(header, CHANGES),
    changed: () => void Atomics.add(header, CHANGES, 1),
    isMine: (nowMs, forMs) => takeTurn(header, PROBER, index, nowMs, forMs),
    giveBack(worker) {
      page.held.clear(worker);
      // it may have been the one whose turn it was
      Atomics.store(header, PROBER, 0);
    },
  };
  return page;
}

/** A page for one process alone: tests, and a data plane without a supervisor. */
export function ownPage(): TrafficPage {
  return trafficPage(new Uint8Array(trafficPageSize(1)), 1, 0);
}

/** One word says whose turn it is and until when: 6 bits of index, 26 bits of quarters of a second. */
function takeTurn(words: Int32Array, at: number, index: number, nowMs: number, forMs: number): boolean {
  const quarter = Math.floor(nowMs / 250);
  const until = ((quarter + Math.ceil(forMs / 250)) << 6) | (index & 63);
  for (;;) {
    const word = Atomics.load(words, at);
    const isOver = word === 0 || ((word - (quarter << 6)) | 0) < 0;
    if (!isOver && (word & 63) !== (index & 63)) return false;
    if (word === until || Atomics.compareExchange(words, at, word, until) === word) return true;
  }
}

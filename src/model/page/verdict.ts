// What all workers know of an endpoint: how often it failed in a row, whether it is ejected and until when, and what the
// active check says. Times are ms of the host's clock in 32 bits: compared by difference, so that they may wrap.
import type { Slots } from "./slots.ts";

export const VERDICT_WORDS = 8;
const FAILURES = 0;
const UNTIL = 1;
const TIMES = 2;
const PROBE = 3;
const HEALTH = 4;
const ENDED = 5;

export const HEALTH_UNKNOWN = 0;
export const HEALTHY = 1;
export const UNHEALTHY = 2;
export type HealthVerdict = typeof HEALTH_UNKNOWN | typeof HEALTHY | typeof UNHEALTHY;

/** ms in 32 bits, never 0: that means never */
export function stamp(ms: number): number {
  return Math.floor(ms) | 0 || 1;
}

export type Verdicts = {
  /** counts a failure; how many in a row that makes, over all workers */
  failed(endpoint: number): number;
  succeeded(endpoint: number): void;
  isEjected(endpoint: number): boolean;
  /** ms until an ejected endpoint may be probed; 0 or less: now. 0 for one that is not ejected */
  ejectedFor(endpoint: number, nowMs: number): number;
  /** false: somebody else has ejected it just now. Each next one is longer, unless it was well for as long in between */
  eject(endpoint: number, nowMs: number, firstMs: number, mostMs: number): boolean;
  /** of an ejected one, whose time is over: may this worker send the request that decides? One at a time */
  probe(endpoint: number, nowMs: number, withinMs: number): boolean;
  readmit(endpoint: number, nowMs: number): void;
  health(endpoint: number): HealthVerdict;
  /** true when that is new */
  setHealth(endpoint: number, verdict: HealthVerdict): boolean;
};

export function verdicts({ words }: Slots): Verdicts {
  const at = (endpoint: number, word: number) => endpoint * VERDICT_WORDS + word;
  const left = (word: number, nowMs: number) => (word - stamp(nowMs)) | 0;

  return {
    failed: (endpoint) => Atomics.add(words, at(endpoint, FAILURES), 1) + 1,
    succeeded(endpoint) {
      const place = at(endpoint, FAILURES);
      // a store takes the cache line from the other workers, a load does not
      if (Atomics.load(words, place) !== 0) Atomics.store(words, place, 0);
    },
    isEjected: (endpoint) => Atomics.load(words, at(endpoint, UNTIL)) !== 0,
    ejectedFor(endpoint, nowMs) {
      const until = Atomics.load(words, at(endpoint, UNTIL));
      return until === 0 ? 0 : left(until, nowMs);
    },
    eject(endpoint, nowMs, firstMs, mostMs) {
      const place = at(endpoint, UNTIL);
      const before = Atomics.load(words, place);
      if (before !== 0 && left(before, nowMs) > 0) return false;
      const ended = Atomics.load(words, at(endpoint, ENDED));
      const times = Atomics.load(words, at(endpoint, TIMES));
      const last = Math.min(firstMs * 2 ** Math.max(0, times - 1), mostMs);
      const isForgiven = before === 0 && (times === 0 || -left(ended, nowMs) > 2 * last);
      const nth = isForgiven ? 0 : Math.min(times, 30);
      const until = stamp(nowMs + Math.min(firstMs * 2 ** nth, mostMs));
      if (Atomics.compareExchange(words, place, before, until) !== before) return false;
      Atomics.store(words, at(endpoint, TIMES), nth + 1);
      Atomics.store(words, at(endpoint, PROBE), 0);
      return true;
    },
    probe(endpoint, nowMs, withinMs) {
      const place = at(endpoint, PROBE);
      const lease = Atomics.load(words, place);
      if (lease !== 0 && left(lease, nowMs) > 0) return false;
      return Atomics.compareExchange(words, place, lease, stamp(nowMs + withinMs)) === lease;
    },
    readmit(endpoint, nowMs) {
      Atomics.store(words, at(endpoint, ENDED), stamp(nowMs));
      Atomics.store(words, at(endpoint, FAILURES), 0);
      Atomics.store(words, at(endpoint, PROBE), 0);
      Atomics.store(words, at(endpoint, UNTIL), 0);
    },
    health: (endpoint) => Atomics.load(words, at(endpoint, HEALTH)) as HealthVerdict,
    setHealth: (endpoint, verdict) => Atomics.exchange(words, at(endpoint, HEALTH), verdict) !== verdict,
  };
}

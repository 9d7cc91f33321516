// Rates, exact over all workers: the Generic Cell Rate Algorithm (ITU-T I.371) on a table of words that are changed by
// compare-and-swap. A key's whole state is the time at which its bucket will be full again ("theoretical arrival time");
// when that has passed, the key is as good as never seen, so its place can be given away without losing anything.
//
// One word of 64 bits says it all, so that one compare-and-swap decides: 20 bits of the key's hash, 44 bits of time in
// sixteenths of a µs. That is 12 days before it wraps, and a hundred thousand requests a second within half a percent.

const PROBES = 8;
const UNITS_PER_MS = 16_000;
const TIME_BITS = 44;
const WRAP = 2 ** TIME_BITS;
const SHIFT = BigInt(TIME_BITS);
const TIME_MASK = (1n << SHIFT) - 1n;
/** a time further ahead is one that wrapped long ago: no limit is longer than a day */
const FURTHEST = 25 * 3_600_000 * UNITS_PER_MS;

export type Rate = {
  /** ms between two requests at the steady rate */
  readonly intervalMs: number;
  /** requests at once, at least 1; as many intervals are a day at most */
  readonly burst: number;
};

/** What became of a request: allowed (`waitMs` 0), or how long to wait; `left`: how many more would pass now. */
export type Verdict = { isAllowed: boolean; waitMs: number; left: number };

export type RateTable = {
  /** Counts one request of `key`. undefined: too many keys. The same object each time: read it at once. */
  take(key: number, rate: Rate, nowMs: number): Verdict | undefined;
  /** spreads texts over keys; nobody outside can choose two that meet */
  keyOf(text: string, limit: number): number;
};

export function rateTableSize(count: number): number {
  return count * 8;
}

/** @param count a power of two */
export function rateTable(bytes: Uint8Array, count: number, seed: number): RateTable {
  const words = new BigInt64Array(bytes.buffer, bytes.byteOffset, count);
  const verdict: Verdict = { isAllowed: false, waitMs: 0, left: 0 };

  return {
    take(key, { intervalMs, burst }, nowMs) {
      const now = Math.floor(nowMs * UNITS_PER_MS) % WRAP;
      const interval = Math.max(1, Math.round(intervalMs * UNITS_PER_MS));
      const full = burst * interval;
      const tag = BigInt((key >>> 12) | 1);
      const home = Math.imul(key, 0x9e3779b1);
      for (let tries = 0; tries < 64; tries++) {
        let at = -1;
        let word = 0n;
        let level = 0;
        for (let i = 0; i < PROBES; i++) {
          const place = (home + i) & (count - 1);
          const found = Atomics.load(words, place);
          const isOwn = BigInt.asUintN(20, found >> SHIFT) === tag;
          if (!isOwn && (at >= 0 || (found !== 0n && ahead(found, now) > 0))) continue;
          at = place;
          word = found;
          level = isOwn ? Math.min(ahead(found, now), full) : 0;
          if (isOwn) break;
        }
        if (at < 0) return undefined;
        if (level + interval > full) {
          verdict.isAllowed = false;
          verdict.waitMs = (level + interval - full) / UNITS_PER_MS;
          verdict.left = 0;
          return verdict;
        }
        const time = BigInt((now + level + interval) % WRAP);
        const next = BigInt.asIntN(64, (tag << SHIFT) | time);
        // somebody else was faster: what he left is looked at anew
        if (Atomics.compareExchange(words, at, word, next) !== word) continue;
        verdict.isAllowed = true;
        verdict.waitMs = 0;
        verdict.left = Math.floor((full - level - interval) / interval);
        return verdict;
      }
      return undefined;
    },
    keyOf(text, limit) {
      let hash = seed ^ Math.imul(limit, 0x9e3779b1);
      for (let i = 0; i < text.length; i++) {
        hash = Math.imul(hash ^ text.charCodeAt(i), 0x85ebca6b);
        hash ^= hash >>> 15;
      }
      hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
      return (hash ^ (hash >>> 16)) >>> 0;
    },
  };
}

/** How far a word's time lies ahead, in units; 0: it has passed. */
function ahead(word: bigint, now: number): number {
  let distance = Number(word & TIME_MASK) - now;
  if (distance < -WRAP / 2) distance += WRAP;
  else if (distance > WRAP / 2) distance -= WRAP;
  return distance <= 0 || distance > FURTHEST ? 0 : distance;
}

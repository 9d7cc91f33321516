// Rates, exact over all workers: the Generic Cell Rate Algorithm (ITU-T I.371) on a table of words that are changed by
// compare-and-swap. A key's whole state is the time at which its bucket will be full again ("theoretical arrival time");
// when that has passed, the key is as good as never seen, so its place can be given away without losing anything.
//
// One word of 64 bits: 24 bits of the key's hash, 40 bits of time. Time is counted in 1/1024 of the interval between two
// requests of the limit, so that any rate has the same precision and 40 bits are a billion requests. Since other limits
// cannot read that, the second by which a place is surely free stands beside it; it only ever rises.

const PROBES = 8;
const UNITS = 1024;
const WRAP = 2 ** 40;
const TIME_BITS = 40n;
const TIME_MASK = (1n << TIME_BITS) - 1n;

export type Rate = {
  /** ms between two requests at the steady rate */
  readonly intervalMs: number;
  /** requests at once, at least 1 */
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
  return count * 12;
}

/** @param count a power of two */
export function rateTable(bytes: Uint8Array, count: number, seed: number): RateTable {
  const words = new BigInt64Array(bytes.buffer, bytes.byteOffset, count);
  const freeAt = new Int32Array(bytes.buffer, bytes.byteOffset + count * 8, count);
  const verdict: Verdict = { isAllowed: false, waitMs: 0, left: 0 };

  const occupy = (place: number, untilMs: number) => {
    const until = Math.ceil(untilMs / 1000);
    for (;;) {
      const before = Atomics.load(freeAt, place);
      if (before >= until || Atomics.compareExchange(freeAt, place, before, until) === before) return;
    }
  };

  return {
    take(key, { intervalMs, burst }, nowMs) {
      const now = Math.floor((nowMs / intervalMs) * UNITS) % WRAP;
      const full = burst * UNITS;
      const tag = BigInt((key >>> 8) | 1);
      for (let tries = 0; tries < 64; tries++) {
        let at = -1;
        let word = 0n;
        for (let i = 0; i < PROBES; i++) {
          const place = (Math.imul(key, 0x9e3779b1) + i) & (count - 1);
          const found = Atomics.load(words, place);
          if (BigInt.asUintN(24, found >> TIME_BITS) === tag) {
            at = place;
            word = found;
            break;
          }
          if (at < 0 && Atomics.load(freeAt, place) * 1000 <= nowMs) {
            at = place;
            word = found;
          }
        }
        if (at < 0) return undefined;
        const isOwn = BigInt.asUintN(24, word >> TIME_BITS) === tag;
        const level = isOwn ? ahead(word, now, full) : 0;
        if (level + UNITS > full) {
          verdict.isAllowed = false;
          verdict.waitMs = ((level + UNITS - full) / UNITS) * intervalMs;
          verdict.left = 0;
          return verdict;
        }
        // before the word changes: whoever takes the place away has seen an older word, and fails
        occupy(at, nowMs + ((level + UNITS) / UNITS) * intervalMs);
        const time = BigInt((now + level + UNITS) % WRAP);
        if (Atomics.compareExchange(words, at, word, BigInt.asIntN(64, (tag << TIME_BITS) | time)) !== word) continue;
        verdict.isAllowed = true;
        verdict.waitMs = 0;
        verdict.left = Math.floor((full - level - UNITS) / UNITS);
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

/** How far a word's time lies ahead, in units; 0: it has passed, or is what was left when the limit was another one. */
function ahead(word: bigint, now: number, most: number): number {
  let distance = Number(word & TIME_MASK) - now;
  if (distance < -WRAP / 2) distance += WRAP;
  else if (distance > WRAP / 2) distance -= WRAP;
  return distance <= 0 || distance > most ? 0 : distance;
}

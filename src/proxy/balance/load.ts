// What is known of an endpoint's load: how long it takes to answer, as a moving average that rises at once and falls
// slowly (peak EWMA), and how many requests it has now.

export type Load = {
  /** ms; 0: it has not answered yet */
  costMs: number;
  /** monotonic ms at which `costMs` was right */
  atMs: number;
  /** requests that this worker has given it and that have not ended */
  outstanding: number;
  /** monotonic ms since when it has been there; −Infinity: before we were */
  sinceMs: number;
  /** for turns that are not equal, see round-robin.ts */
  credit: number;
};

/** time in which what was learned loses all but a third of its weight: as long as common health checks take to see a change */
const MEMORY_MS = 10_000;

export function load(sinceMs = Number.NEGATIVE_INFINITY): Load {
  return { costMs: 0, atMs: 0, outstanding: 0, sinceMs, credit: 0 };
}

/** What is left of a weight of one: e^−t, by the first terms of its series, at a fifth of the cost. */
function faded(ageMs: number): number {
  const age = ageMs / MEMORY_MS;
  return 1 / (1 + age * (1 + age * (0.5 + age / 6)));
}

/** It answered after so long. A peak counts in full: slowness must be believed at once, a recovery only when it lasts. */
export function observe(load: Load, latencyMs: number, nowMs: number): void {
  if (latencyMs >= load.costMs) {
    load.costMs = latencyMs;
  } else {
    const weight = faded(nowMs - load.atMs);
    load.costMs = load.costMs * weight + latencyMs * (1 - weight);
  }
  load.atMs = nowMs;
}

/** A failure is no proof of speed: an endpoint that fails at once would else get all traffic. */
export function observeFailure(load: Load, latencyMs: number, nowMs: number): void {
  observe(load, Math.max(latencyMs, load.costMs, FAILURE_MS), nowMs);
}

/** above any fast error, below what a service that is merely slow takes */
const FAILURE_MS = 100;
/** one that has a request and never answered: only when all others are worse */
const UNKNOWN_MS = 1e6;

/** What one more request would wait, about. What nobody has asked for long is taken to have recovered. */
export function expectedMs(load: Load, nowMs: number): number {
  const { costMs, outstanding } = load;
  if (costMs === 0) return outstanding === 0 ? 0 : UNKNOWN_MS * outstanding;
  return costMs * faded(nowMs - load.atMs) * (outstanding + 1);
}

/** the least share of a newcomer: with none it would never be warm */
const LEAST_SHARE = 0.1;

/** Its share of an equal one's traffic, 0.1…1: a newcomer's grows with its age. */
export function share(load: Load, slowStartMs: number, nowMs: number): number {
  if (slowStartMs === 0) return 1;
  const age = (nowMs - load.sinceMs) / slowStartMs;
  return age >= 1 ? 1 : Math.max(LEAST_SHARE, age);
}

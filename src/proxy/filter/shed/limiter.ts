// How many requests at once a service can bear, learned from latency alone (Gradient2 of Netflix' concurrency-limits): as
// long as the latency now is the latency of long, the limit may grow; when it rises, requests are queueing somewhere, and
// the limit shrinks in the same proportion.
//
// Now and then it is set down for a moment to what needs no queue, so that "the latency of long" is measured without one:
// else a service that has been overloaded for an hour would look as if it had always been so slow.

export type Limiter = {
  limit: number;
  inFlight: number;
  /** ms, of many requests */
  longMs: number;
  shortMs: number;
  /** samples that shortMs has taken since the limit was set last */
  samples: number;
  /** highest number at once since then: a limit that nobody comes near has proven nothing */
  peak: number;
  /** monotonic ms of the last probe of the latency without a queue */
  probedMs: number;
  isProbing: boolean;
  /** limit before the probe */
  before: number;
};

const WINDOW = 20;
/** latency may rise so far before it counts as queueing */
const TOLERANCE = 1.5;
const SMOOTHING = 0.2;
const LONG = 0.02;
const SHORT = 0.2;
const PROBE_EVERY_MS = 30_000;
/** during a probe; the rest of the requests is refused, so it must be short */
const PROBE_SHARE = 0.5;

export function limiter(initial: number, nowMs: number): Limiter {
  return {
    limit: initial,
    inFlight: 0,
    longMs: 0,
    shortMs: 0,
    samples: 0,
    peak: 0,
    probedMs: nowMs,
    isProbing: false,
    before: initial,
  };
}

export function began(self: Limiter): void {
  self.inFlight++;
  if (self.inFlight > self.peak) self.peak = self.inFlight;
}

/** @param latencyMs of a request that was answered; undefined: it tells nothing of the service */
export function ended(self: Limiter, latencyMs: number | undefined, nowMs: number, min: number, max: number): void {
  self.inFlight--;
  if (latencyMs === undefined) return;
  self.shortMs = self.shortMs === 0 ? latencyMs : self.shortMs + SHORT * (latencyMs - self.shortMs);
  if (++self.samples < WINDOW) return;
  adapt(self, nowMs, min, max);
  self.samples = 0;
  self.peak = self.inFlight;
}

function adapt(self: Limiter, nowMs: number, min: number, max: number): void {
  if (self.isProbing) {
    // with the queue gone, this is what the service takes
    self.longMs = Math.min(self.longMs, self.shortMs);
    self.isProbing = false;
    self.limit = Math.max(min, self.before);
    return;
  }
  self.longMs = self.longMs === 0 ? self.shortMs : self.longMs + LONG * (self.shortMs - self.longMs);
  // it has become faster: what was learned in slow times is forgotten quickly
  if (self.longMs > 2 * self.shortMs) self.longMs *= 0.9;
  const isUsed = self.peak >= self.limit / 2;
  const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * self.longMs) / self.shortMs));
  if (gradient < 1 || isUsed) {
    const next = self.limit * gradient + (gradient < 1 ? 0 : Math.sqrt(self.limit));
    self.limit = Math.max(min, Math.min(max, self.limit + SMOOTHING * (next - self.limit)));
  }
  if (nowMs - self.probedMs < PROBE_EVERY_MS || !isUsed) return;
  self.probedMs = nowMs;
  self.isProbing = true;
  self.before = self.limit;
  self.limit = Math.max(min, self.limit * PROBE_SHARE);
}

/** The worker itself is late: what it measures is its own queue, and it must carry less. @param lagMs of its event loop */
export function relieve(self: Limiter, lagMs: number, min: number): void {
  if (lagMs > LAG_MS) self.limit = Math.max(min, Math.min(self.limit, self.inFlight) * 0.9);
}

/** an event loop that is so late has more to do than it can */
const LAG_MS = 100;

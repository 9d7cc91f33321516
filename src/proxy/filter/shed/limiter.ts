// How many requests at once a service can bear, learned from latency alone. When answers take longer than they do without
// a queue, requests are queueing somewhere, and the limit shrinks in the same proportion; else it may grow. (The gradient
// of Netflix' concurrency-limits; its long average as the measure of "without a queue" drifts up with the queue, so that is
// measured as Envoy does.)
//
// What an answer takes without a queue is seen whenever there is little to do; under constant load the limit is set down
// for a moment to find it out.

export type Limiter = {
  limit: number;
  inFlight: number;
  /** ms that an answer takes when nothing queues; 0: not known yet */
  aloneMs: number;
  /** of the window: sum of latencies, number of them, highest number of requests at once */
  sumMs: number;
  samples: number;
  peak: number;
  /** monotonic ms at which `aloneMs` was measured last, or is being measured since */
  probedMs: number;
  isProbing: boolean;
};

const WINDOW = 20;
/** of a probe the first ones still meet the queue that was there */
const SKIPPED = 20;
/** latency may be so many times that without a queue before it counts as queueing: it varies by itself */
const TOLERANCE = 1.5;
const SMOOTHING = 0.2;
const PROBE_EVERY_MS = 30_000;

export function limiter(initial: number, nowMs: number): Limiter {
  return {
    limit: initial,
    inFlight: 0,
    aloneMs: 0,
    sumMs: 0,
    samples: 0,
    peak: 0,
    probedMs: nowMs,
    isProbing: false,
  };
}

/** How many at once it lets in now. @param min of the policy */
export function allowed(self: Limiter, min: number): number {
  return self.isProbing ? Math.min(min, self.limit) : self.limit;
}

export function began(self: Limiter): void {
  self.inFlight++;
  if (self.inFlight > self.peak) self.peak = self.inFlight;
}

/** @param latencyMs of a request that was answered; undefined: it tells nothing of the service */
export function ended(self: Limiter, latencyMs: number | undefined, nowMs: number, min: number, max: number): void {
  self.inFlight--;
  if (latencyMs === undefined) return;
  // what began before a probe tells of the load before it
  if (self.isProbing && nowMs - latencyMs < self.probedMs) return;
  self.samples++;
  if (!self.isProbing || self.samples > SKIPPED) self.sumMs += latencyMs;
  if (self.samples < (self.isProbing ? SKIPPED + WINDOW : WINDOW)) return;
  const mean = self.sumMs / WINDOW;
  if (self.isProbing) {
    self.aloneMs = mean;
    self.isProbing = false;
    self.probedMs = nowMs;
  } else {
    adapt(self, mean, nowMs, min, max);
  }
  self.sumMs = 0;
  self.samples = 0;
  self.peak = self.inFlight;
}

function adapt(self: Limiter, mean: number, nowMs: number, min: number, max: number): void {
  // a limit that nobody comes near has proven nothing, and what is seen then is what it takes without a queue
  const isUsed = self.peak >= self.limit / 2;
  if (self.aloneMs === 0) self.aloneMs = mean;
  else if (!isUsed || mean < self.aloneMs) self.aloneMs += 0.1 * (mean - self.aloneMs);
  const gradient = Math.max(0.5, Math.min(1, (TOLERANCE * self.aloneMs) / mean));
  if (gradient < 1 || isUsed) {
    const next = self.limit * gradient + Math.sqrt(self.limit);
    self.limit = Math.max(min, Math.min(max, self.limit + SMOOTHING * (next - self.limit)));
  }
  if (!isUsed || nowMs - self.probedMs < PROBE_EVERY_MS) return;
  self.isProbing = true;
  self.probedMs = nowMs;
}

/** an event loop that is so late has more to do than it can */
const LAG_MS = 100;

/** The worker itself is late: what it measures is its own queue, and it must carry less. @param lagMs of its event loop */
export function relieve(self: Limiter, lagMs: number, min: number): void {
  if (lagMs > LAG_MS) self.limit = Math.max(min, Math.min(self.limit, self.inFlight) * 0.9);
}

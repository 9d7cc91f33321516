// What each endpoint did since its peers were compared last: successes, failures, and a histogram of latency fine enough
// for a median. Each worker counts in its own row; who compares takes all rows and leaves zeros, so nothing is counted twice.

const BUCKETS = 30;
const SUCCESSES = 0;
const FAILURES = 1;
const HISTOGRAM = 2;
const WORDS = HISTOGRAM + BUCKETS;

export type Statistics = {
  success(endpoint: number, latencyMs: number): void;
  failure(endpoint: number): void;
  /** over all workers, since it was taken last */
  take(endpoint: number): EndpointStatistics;
  reset(endpoint: number): void;
};

export type EndpointStatistics = {
  readonly successes: number;
  readonly failures: number;
  /** of the successes; NaN without any */
  readonly medianMs: number;
};

export function statisticsSize(workers: number, endpoints: number): number {
  return workers * endpoints * WORDS * 4;
}

export function statistics(bytes: Uint8Array, workers: number, endpoints: number, index: number): Statistics {
  const counts = new Int32Array(bytes.buffer, bytes.byteOffset, workers * endpoints * WORDS);
  const place = (worker: number, endpoint: number) => (worker * endpoints + endpoint) * WORDS;

  const take = (endpoint: number): EndpointStatistics => {
    let successes = 0;
    let failures = 0;
    const histogram: number[] = new Array(BUCKETS).fill(0);
    for (let worker = 0; worker < workers; worker++) {
      const at = place(worker, endpoint);
      successes += Atomics.exchange(counts, at + SUCCESSES, 0);
      failures += Atomics.exchange(counts, at + FAILURES, 0);
      for (let i = 0; i < BUCKETS; i++)
        histogram[i] = (histogram[i] ?? 0) + Atomics.exchange(counts, at + HISTOGRAM + i, 0);
    }
    return { successes, failures, medianMs: median(histogram) };
  };

  return {
    take,
    success(endpoint, latencyMs) {
      const at = place(index, endpoint);
      Atomics.add(counts, at + SUCCESSES, 1);
      Atomics.add(counts, at + HISTOGRAM + bucketOf(latencyMs), 1);
    },
    failure(endpoint) {
      Atomics.add(counts, place(index, endpoint) + FAILURES, 1);
    },
    reset: (endpoint) => void take(endpoint),
  };
}

/** Half octaves from 1/16 ms up: a median is right within a fifth. */
function bucketOf(ms: number): number {
  const bucket = Math.floor(2 * Math.log2(ms)) + 8;
  return bucket < 0 ? 0 : bucket >= BUCKETS ? BUCKETS - 1 : bucket;
}

function median(histogram: readonly number[]): number {
  const half = histogram.reduce((sum, count) => sum + count, 0) / 2;
  if (half === 0) return Number.NaN;
  let sum = 0;
  const bucket = histogram.findIndex((count) => {
    sum += count;
    return sum >= half;
  });
  return 2 ** ((bucket - 8 + 0.5) / 2);
}

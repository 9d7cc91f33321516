// The only door to time. Everything that needs a clock gets one, so that tests can hold time still and push it on.

export type Timer = { cancel(): void };

export type Clock = {
  /** µs since the Unix epoch, as a float; may step when the host's clock is set */
  nowUs(): number;
  /** ms since an arbitrary start, monotonic, with µs resolution; for durations and timeouts */
  monotonicMs(): number;
  /** calls `run` once after `ms`; the timer does not keep the process alive */
  after(ms: number, run: () => void): Timer;
  /** calls `run` every `ms`; the timer does not keep the process alive */
  every(ms: number, run: () => void): Timer;
  /** resolves after `ms`; rejects with the signal's reason when it aborts first */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
};

export const systemClock: Clock = {
  nowUs: () => (performance.timeOrigin + performance.now()) * 1000,
  monotonicMs: () => performance.now(),
  after(ms, run) {
    const timer = setTimeout(run, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, run) {
    const timer = setInterval(run, ms);
    timer.unref();
    return { cancel: () => clearInterval(timer) };
  },
  sleep(ms, signal) {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const onAbort = () => {
        clearTimeout(timer);
        reject(signal?.reason);
      };
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  },
};

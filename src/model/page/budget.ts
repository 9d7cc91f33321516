// Retries may be a share of the requests of the last ten seconds, and a few more. Counted by each worker in seconds of its
// own row, which only it writes; what is allowed is decided over all rows.

const SECONDS = 10;
const WORDS = 3;
const SECOND = 0;
const REQUESTS = 1;
const RETRIES = 2;
const ROW = SECONDS * WORDS;

export type Budgets = {
  /** a request was made that might be retried */
  request(service: number, nowMs: number): void;
  /** may one more retry be made? When so, it is counted */
  withdraw(service: number, nowMs: number, share: number, perSecond: number): boolean;
  /** retries that could be made now, perhaps negative */
  left(service: number, nowMs: number, share: number, perSecond: number): number;
  reset(service: number): void;
};

export function budgetsSize(workers: number, services: number): number {
  return workers * services * ROW * 4;
}

export function budgets(bytes: Uint8Array, workers: number, services: number, index: number): Budgets {
  const rows = new Int32Array(bytes.buffer, bytes.byteOffset, workers * services * ROW);

  /** the place of this second in the own row, cleared of what stood there ten seconds ago */
  const current = (service: number, nowMs: number) => {
    const second = Math.floor(nowMs / 1000) + 1; // 0 is a row that was never used
    const at = (index * services + service) * ROW + (second % SECONDS) * WORDS;
    if (rows[at + SECOND] !== second) {
      Atomics.store(rows, at + SECOND, 0);
      Atomics.store(rows, at + REQUESTS, 0);
      Atomics.store(rows, at + RETRIES, 0);
      Atomics.store(rows, at + SECOND, second);
    }
    return at;
  };

  const left = (service: number, nowMs: number, share: number, perSecond: number) => {
    const oldest = Math.floor(nowMs / 1000) + 1 - SECONDS;
    let requests = 0;
    let retries = 0;
    for (let worker = 0; worker < workers; worker++) {
      const row = (worker * services + service) * ROW;
      for (let at = row; at < row + ROW; at += WORDS) {
        if (Atomics.load(rows, at + SECOND) <= oldest) continue;
        requests += Atomics.load(rows, at + REQUESTS);
        retries += Atomics.load(rows, at + RETRIES);
      }
    }
    return Math.floor(requests * share) + perSecond * SECONDS - retries;
  };

  return {
    left,
    request(service, nowMs) {
      Atomics.add(rows, current(service, nowMs) + REQUESTS, 1);
    },
    withdraw(service, nowMs, share, perSecond) {
      const own = current(service, nowMs) + RETRIES;
      Atomics.add(rows, own, 1);
      if (left(service, nowMs, share, perSecond) >= 0) return true;
      Atomics.sub(rows, own, 1);
      return false;
    },
    reset(service) {
      for (let worker = 0; worker < workers; worker++) {
        const row = (worker * services + service) * ROW;
        for (let at = row; at < row + ROW; at++) if (rows[at] !== 0) Atomics.store(rows, at, 0);
      }
    },
  };
}

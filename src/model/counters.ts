// The page of counters that all workers of a host and their supervisor map: exact across processes, and what a killed
// worker had counted is known by its row and can be taken back.

const SLOTS = 4096;

/** bytes of the page for `workers` rows */
export function countersSize(workers: number): number {
  return workers * SLOTS * 4;
}

export type ConnectionCounters = {
  /** worker `index` opened (+1) or closed (−1) a connection to the workload with this key */
  add(index: number, key: number, change: 1 | -1): void;
  /** open connections to the workload, over all workers */
  total(key: number): number;
  /** the worker died: its connections are gone */
  clear(index: number): void;
};

/** Keys share a slot only 4,096 apart, when the older workload is long gone. */
export function connectionCounters(bytes: Uint8Array, workers: number): ConnectionCounters {
  const counts = new Int32Array(bytes.buffer, bytes.byteOffset, workers * SLOTS);
  const slot = (index: number, key: number) => index * SLOTS + (key & (SLOTS - 1));
  return {
    add(index, key, change) {
      Atomics.add(counts, slot(index, key), change);
    },
    total(key) {
      let sum = 0;
      for (let index = 0; index < workers; index++) sum += Atomics.load(counts, slot(index, key));
      return sum;
    },
    clear(index) {
      for (let key = 0; key < SLOTS; key++) Atomics.store(counts, slot(index, key), 0);
    },
  };
}

// What is held now, per service: counted by each worker in its own row and limited over all of them. A dead worker's row is
// cleared. Two workers that take the last place at once may both be refused; both never get it.

export const HELD = { connections: 0, pending: 1, requests: 2 } as const;
export type HeldThing = (typeof HELD)[keyof typeof HELD];
const THINGS = 4;

export type Held = {
  /** one more, unless there would be more than `limit` over all workers */
  take(service: number, what: HeldThing, limit: number): boolean;
  give(service: number, what: HeldThing): void;
  total(service: number, what: HeldThing): number;
  /** all that the worker held */
  clear(worker: number): void;
  /** all of a service, before its slot gets another one */
  reset(service: number): void;
};

export function heldSize(workers: number, services: number): number {
  return workers * services * THINGS * 4;
}

export function held(bytes: Uint8Array, workers: number, services: number, index: number): Held {
  const counts = new Int32Array(bytes.buffer, bytes.byteOffset, workers * services * THINGS);
  const place = (worker: number, service: number, what: number) => (worker * services + service) * THINGS + what;

  const total = (service: number, what: HeldThing) => {
    let sum = 0;
    for (let worker = 0; worker < workers; worker++) sum += Atomics.load(counts, place(worker, service, what));
    return sum;
  };

  return {
    total,
    take(service, what, limit) {
      const own = place(index, service, what);
      Atomics.add(counts, own, 1);
      if (total(service, what) <= limit) return true;
      Atomics.sub(counts, own, 1);
      return false;
    },
    give(service, what) {
      Atomics.sub(counts, place(index, service, what), 1);
    },
    clear(worker) {
      const from = place(worker, 0, 0);
      for (let at = from; at < from + services * THINGS; at++) {
        // reading does not make the memory exist, writing would
        if (Atomics.load(counts, at) !== 0) Atomics.store(counts, at, 0);
      }
    },
    reset(service) {
      for (let worker = 0; worker < workers; worker++) {
        for (let what = 0; what < THINGS; what++) Atomics.store(counts, place(worker, service, what), 0);
      }
    },
  };
}

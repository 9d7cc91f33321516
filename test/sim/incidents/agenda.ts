// Virtual time: what is to happen when. A binary heap; at the same time, in the order in which it was asked for.

export type Agenda = {
  nowMs(): number;
  after(ms: number, then: () => void): void;
  /** until nothing is left, or that time has come */
  run(untilMs: number): void;
};

type Entry = { readonly atMs: number; readonly order: number; readonly then: () => void };

export function agenda(): Agenda {
  const heap: Entry[] = [];
  let now = 0;
  let order = 0;

  function push(entry: Entry): void {
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as Entry;
      if (isBefore(above, entry)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  function pop(): Entry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (!first || !last || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      const right = heap[child + 1];
      if (right && isBefore(right, heap[child] as Entry)) child++;
      const below = heap[child] as Entry;
      if (isBefore(last, below)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
    return first;
  }

  return {
    nowMs: () => now,
    after: (ms, then) => push({ atMs: now + ms, order: order++, then }),
    run(untilMs) {
      for (let next = pop(); next && next.atMs < untilMs; next = pop()) {
        now = next.atMs;
        next.then();
      }
    },
  };
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

// What is to happen when, the earliest first; at the same time, in the order in which it was put in.

export type HeapEntry = { readonly at: number; readonly order: number; run: (() => void) | undefined };

export type TimerHeap = {
  /** the entry's `run` is set to undefined to cancel it */
  push(at: number, run: () => void): HeapEntry;
  /** the earliest that is not cancelled, without taking it */
  peek(): HeapEntry | undefined;
  pop(): HeapEntry | undefined;
};

export function timerHeap(): TimerHeap {
  const heap: HeapEntry[] = [];
  let order = 0;

  function take(): HeapEntry | undefined {
    const first = heap[0];
    const last = heap.pop();
    if (heap.length > 0 && last) sink(heap, last);
    return first;
  }

  function peek(): HeapEntry | undefined {
    while (heap.length > 0 && (heap[0] as HeapEntry).run === undefined) take();
    return heap[0];
  }

  return {
    push(at, run) {
      const entry: HeapEntry = { at, order: order++, run };
      rise(heap, entry);
      return entry;
    },
    peek,
    pop: () => (peek() ? take() : undefined),
  };
}

function isBefore(a: HeapEntry, b: HeapEntry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

function rise(heap: HeapEntry[], entry: HeapEntry): void {
  let place = heap.length;
  heap.push(entry);
  while (place > 0) {
    const above = (place - 1) >> 1;
    const parent = heap[above] as HeapEntry;
    if (!isBefore(entry, parent)) break;
    heap[place] = parent;
    place = above;
  }
  heap[place] = entry;
}

/** From the top, which is free, down. */
function sink(heap: HeapEntry[], entry: HeapEntry): void {
  let place = 0;
  for (;;) {
    let below = 2 * place + 1;
    if (below >= heap.length) break;
    const right = heap[below + 1];
    if (right && isBefore(right, heap[below] as HeapEntry)) below++;
    const child = heap[below] as HeapEntry;
    if (!isBefore(child, entry)) break;
    heap[place] = child;
    place = below;
  }
  heap[place] = entry;
}

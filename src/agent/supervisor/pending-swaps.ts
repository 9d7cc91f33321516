// Which snapshots the workers have not swapped yet. Both directions of a worker's channel keep their order, so counting is
// enough.

export type PendingSwaps = {
  sent(index: number): void;
  applied(index: number): void;
  lost(index: number): void;
  /** makes a question: has every worker that is there now what was sent until now? A worker that dies needs nothing */
  allUntilNow(): () => boolean;
};

export function pendingSwaps(): PendingSwaps {
  const counts = new Map<number, { sent: number; applied: number }>();
  return {
    sent(index) {
      const count = counts.get(index) ?? { sent: 0, applied: 0 };
      count.sent++;
      counts.set(index, count);
    },
    applied(index) {
      const count = counts.get(index);
      if (count) count.applied++;
    },
    lost: (index) => void counts.delete(index),
    allUntilNow() {
      const wanted = [...counts].map(([index, count]) => ({ index, count, sent: count.sent }));
      return () => wanted.every(({ index, count, sent }) => counts.get(index) !== count || count.applied >= sent);
    },
  };
}

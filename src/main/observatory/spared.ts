// Work that may be dear and is wanted again and again: one after the other, and after each a rest in proportion to what it took, so
// that it never takes more than a share of the time. A host that is short of CPUs makes all of it dearer just when most is wanted.
import type { Clock } from "../../base/clock.ts";

/** times what it took, at least so long there is rest: a tenth of the time is the most */
const REST = 9;

/** Resolves with undefined when there is still to be rest after what was done before. */
export type Spared = <Result>(work: () => Promise<Result>) => Promise<Result | undefined>;

export function spared(clock: Pick<Clock, "monotonicMs">): Spared {
  let last: Promise<unknown> = Promise.resolve();
  let restsUntilMs = Number.NEGATIVE_INFINITY;
  return (work) => {
    const mine = last.then(async () => {
      const beganMs = clock.monotonicMs();
      if (beganMs < restsUntilMs) return undefined;
      try {
        return await work();
      } finally {
        const endMs = clock.monotonicMs();
        restsUntilMs = endMs + REST * (endMs - beganMs);
      }
    });
    last = mine.catch(() => {});
    return mine;
  };
}

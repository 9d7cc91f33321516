// What others do, to compare with. Both see what the stitcher sees; vPath also sees threads, which a proxy cannot.
import type { SeenSpan } from "./world.ts";

/** of one service; the parent of each call, by id */
export type Baseline = (requests: readonly SeenSpan[], calls: readonly SeenSpan[]) => Map<number, number>;

/** First come, first served: a call goes to the oldest request in flight among those that made the fewest of its kind. */
export const fcfs: Baseline = (requests, calls) => {
  const made = new Map<string, number>();
  return chosen(requests, calls, (alive, call) => {
    let best: SeenSpan | undefined;
    let fewest = Number.POSITIVE_INFINITY;
    for (const request of alive) {
      const count = made.get(`${request.id} ${call.what}`) ?? 0;
      if (count < fewest) {
        fewest = count;
        best = request;
      }
    }
    if (best) made.set(`${best.id} ${call.what}`, fewest + 1);
    return best;
  });
};

/** After vPath: the request that the calling thread took last; without one, the last that came. */
export const vPath: Baseline = (requests, calls) =>
  chosen(requests, calls, (alive, call) => alive.findLast(({ thread }) => thread === call.thread) ?? alive.at(-1));

function chosen(
  requests: readonly SeenSpan[],
  calls: readonly SeenSpan[],
  choose: (alive: readonly SeenSpan[], call: SeenSpan) => SeenSpan | undefined,
): Map<number, number> {
  const parents = new Map<number, number>();
  let alive: SeenSpan[] = [];
  let next = 0;
  for (const call of calls) {
    for (; next < requests.length && (requests[next] as SeenSpan).startUs <= call.startUs; next++)
      alive.push(requests[next] as SeenSpan);
    alive = alive.filter(({ endUs }) => endUs >= call.startUs);
    const parent = choose(alive, call);
    if (parent) parents.set(call.id, parent.id);
  }
  return parents;
}

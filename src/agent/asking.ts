// Requests under way over a channel: each is answered exactly once, by the other end or, when that takes too long, by time.
import type { Clock } from "../base/clock.ts";

/** @param got undefined: no answer came in time */
export type Answered<Answer> = (got: Answer | undefined, fds: readonly number[]) => void;

export type Asking<Request, Answer> = {
  /** makes the request under an id of its own and notes who waits; the caller sends it */
  ask(make: (id: number) => Request, answered: Answered<Answer>): Request;
  /** false: nobody waits for this one any more, and `fds` belong to nobody */
  settle(id: number, got: Answer | undefined, fds: readonly number[]): boolean;
  /** nobody will answer what is under way */
  failAll(): void;
  /** what is under way, in the order it was asked */
  requests(): readonly Request[];
  size(): number;
};

const LOOK_EVERY_MS = 1000;

export function asking<Request, Answer>(clock: Clock, withinMs: number): Asking<Request, Answer> {
  type Waiting = { readonly request: Request; readonly answered: Answered<Answer>; readonly at: number };
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  const settle = (id: number, got: Answer | undefined, fds: readonly number[]): boolean => {
    const one = waiting.get(id);
    if (!one) return false;
    waiting.delete(id);
    one.answered(got, fds);
    return true;
  };

  clock.every(LOOK_EVERY_MS, () => {
    const before = clock.monotonicMs() - withinMs;
    for (const [id, { at }] of waiting) {
      if (at > before) break; // in the order they were asked
      settle(id, undefined, []);
    }
  });

  return {
    ask(make, answered) {
      lastId = (lastId + 1) >>> 0;
      const request = make(lastId);
      waiting.set(lastId, { request, answered, at: clock.monotonicMs() });
      return request;
    },
    settle,
    failAll() {
      for (const id of [...waiting.keys()]) settle(id, undefined, []);
    },
    requests: () => [...waiting.values()].map(({ request }) => request),
    size: () => waiting.size,
  };
}

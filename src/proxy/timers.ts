// Timers of exchanges: a wheel, because nearly all of them are armed, and disarmed a moment later, and a timer of the
// runtime costs more than all of the rest of a request's bookkeeping. Late by a tick at most, which is what a limit on a
// request can stand. The wheel turns only while something is on it.
import type { Clock } from "../base/clock.ts";

export type Timer = {
  readonly fire: () => void;
  /** monotonic ms */
  atMs: number;
  /** its neighbours in the slot; undefined: it is not armed */
  before: Timer | undefined;
  after: Timer | undefined;
};

export type Timers = {
  /** calls `fire` once the clock shows `atMs`; one that is armed already is moved */
  arm(timer: Timer, atMs: number): void;
  disarm(timer: Timer): void;
};

const TICK_MS = 8;
/** a power of two; what lies further ahead goes round once more */
const SLOTS = 512;

export function timer(fire: () => void): Timer {
  return { fire, atMs: 0, before: undefined, after: undefined };
}

/** @param wake called before any timer fires; returns the time in monotonic ms */
export function timers(clock: Clock, wake: () => number): Timers {
  const slots = Array.from({ length: SLOTS }, ring);
  let turning: { cancel(): void } | undefined;
  let count = 0;
  /** the tick whose slot was emptied last */
  let reached = 0;

  function turn(): void {
    const now = wake();
    const last = Math.floor(now / TICK_MS);
    for (let tick = Math.max(reached + 1, last - SLOTS + 1); tick <= last; tick++) {
      reached = tick;
      sweep(slots[tick & (SLOTS - 1)] as Timer, now);
    }
    if (count > 0 || !turning) return;
    turning.cancel();
    turning = undefined;
  }

  function sweep(slot: Timer, now: number): void {
    for (let next = slot.after as Timer; next !== slot; ) {
      const due = next;
      // what fires may disarm its neighbour, so the next one is looked up afterwards from where we are sure to be
      next = due.after as Timer;
      if (due.atMs > now) continue;
      unlink(due);
      count--;
      due.fire();
      next = slot.after as Timer;
    }
  }

  return {
    arm(one, atMs) {
      if (one.before) unlink(one);
      else count++;
      one.atMs = atMs;
      if (!turning) {
        reached = Math.floor(clock.monotonicMs() / TICK_MS);
        turning = clock.every(TICK_MS, turn);
      }
      // the tick in which it has surely come, and never one that has passed
      const tick = Math.max(Math.ceil(atMs / TICK_MS), reached + 1);
      link(one, slots[tick & (SLOTS - 1)] as Timer);
    },
    disarm(one) {
      if (!one.before) return;
      unlink(one);
      count--;
    },
  };
}

function ring(): Timer {
  const head = timer(() => {});
  head.before = head;
  head.after = head;
  return head;
}

function link(one: Timer, slot: Timer): void {
  const last = slot.before as Timer;
  one.before = last;
  one.after = slot;
  last.after = one;
  slot.before = one;
}

function unlink(one: Timer): void {
  const { before, after } = one as { before: Timer; after: Timer };
  before.after = after;
  after.before = before;
  one.before = undefined;
  one.after = undefined;
}

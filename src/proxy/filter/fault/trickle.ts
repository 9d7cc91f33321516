// An answer that comes no faster than so many bytes a second: what the service sends is held, and passed on in slices.
import { pause, resume } from "../../connection.ts";
import type { Stage, Upstream } from "../../shapes.ts";
import { wake } from "../../time.ts";

/** slices small enough to look like a slow line, and few enough to cost nothing */
const SLICE_MS = 50;

/** @param inner the stage that gets the slices. A stage for one exchange, which holds its bytes */
export function trickle(inner: Stage<Upstream>, bytesPerSecond: number): Stage<Upstream> {
  const slice = Math.max(1, Math.floor((bytesPerSecond * SLICE_MS) / 1000));
  let held: Buffer | undefined;
  let isTicking = false;
  let hasEnded = false;

  const tick = (up: Upstream) => {
    isTicking = true;
    up.core.deps.clock.after(SLICE_MS, () => {
      isTicking = false;
      if (up.stage !== self || up.isClosed) return;
      wake(up.core);
      step(up);
    });
  };

  const step = (up: Upstream) => {
    // the client takes it even more slowly
    if ((up.exchange?.downstream.writer.pendingBytes ?? 0) > 0) return tick(up);
    if (held) {
      const bytes = held.subarray(0, slice);
      held = held.length > slice ? held.subarray(slice) : undefined;
      inner.data(up, bytes);
    }
    if (up.stage !== self) return;
    if (held) {
      pause(up);
      tick(up);
    } else if (hasEnded) inner.end(up);
    else {
      resume(up);
      tick(up);
    }
  };

  const self: Stage<Upstream> = {
    name: inner.name,
    data(up, bytes) {
      held = held ? Buffer.concat([held, bytes]) : bytes;
      pause(up);
      if (!isTicking) step(up);
    },
    end(up) {
      hasEnded = true;
      if (!held) inner.end(up);
    },
    drain: inner.drain,
    close(up, error) {
      inner.close(up, error);
    },
    expire: inner.expire,
  };
  return self;
}

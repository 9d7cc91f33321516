// What waits to be sent to a collector: bounded, sent in order, again after a failure that may pass, and every item that
// does not arrive is counted by its reason. A collector that is away costs memory up to the bound and nothing else.
import type { Clock, Timer } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";

/** What became of a sending: `gone` will never be taken, `later` may, after so many ms if that was said. */
export type Outcome =
  | { readonly kind: "sent"; readonly rejected: number; readonly reason?: string }
  | { readonly kind: "later"; readonly reason: string; readonly afterMs?: number }
  | { readonly kind: "gone"; readonly reason: string };

export type OutCounts = {
  sent: number;
  /** by reason: `full` there was no room, `refused` the collector does not want them, `ended` we had to end */
  readonly dropped: { full: number; refused: number; ended: number };
};

export type Outbox = {
  /** @param encode is called when there is room */
  push(items: number, encode: () => Uint8Array<ArrayBuffer>): void;
  readonly counts: OutCounts;
  waiting(): number;
  /** why the last sending failed; undefined: it did not */
  trouble(): string | undefined;
  /** sends what can be sent within so many ms */
  close(withinMs: number): Promise<void>;
};

export type OutboxDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly send: (bytes: Uint8Array<ArrayBuffer>) => Promise<Outcome>;
};

const MOST_BYTES = 8 << 20;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 300_000;

export function outbox({ clock, random, send }: OutboxDeps, mostBytes = MOST_BYTES): Outbox {
  const waiting: { readonly items: number; readonly bytes: Uint8Array<ArrayBuffer> }[] = [];
  const counts: OutCounts = { sent: 0, dropped: { full: 0, refused: 0, ended: 0 } };
  let size = 0;
  let failures = 0;
  let trouble: string | undefined;
  let sending: Promise<void> | undefined;
  let again: Timer | undefined;

  const take = () => {
    const first = waiting.shift();
    size -= first?.bytes.length ?? 0;
  };

  /** Until nothing is left, or it is to be tried again later. */
  const sendAll = async () => {
    for (let first = waiting[0]; first; first = waiting[0]) {
      const outcome = await send(first.bytes);
      if (outcome.kind === "later") {
        trouble = outcome.reason;
        again = clock.after(pause(outcome.afterMs), start);
        return;
      }
      take();
      failures = 0;
      const rejected = outcome.kind === "gone" ? first.items : Math.min(outcome.rejected, first.items);
      counts.sent += first.items - rejected;
      counts.dropped.refused += rejected;
      trouble = rejected > 0 ? outcome.reason : undefined;
    }
  };

  /** With full jitter, so that many who wait for one collector do not come all at once. */
  const pause = (afterMs: number | undefined): number => {
    const most = Math.min(FIRST_RETRY_MS * 2 ** failures++, LAST_RETRY_MS);
    return Math.max(Math.min(afterMs ?? 0, LONGEST_RETRY_AFTER_MS), most * (0.5 + random.unit() / 2));
  };

  const start = () => {
    again = undefined;
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
  };

  return {
    push(items, encode) {
      if (items === 0) return;
      const bytes = size < mostBytes ? encode() : undefined;
      if (!bytes || size + bytes.length > mostBytes) {
        counts.dropped.full += items;
        return;
      }
      waiting.push({ items, bytes });
      size += bytes.length;
      if (!again) start();
    },
    counts,
    waiting: () => waiting.reduce((sum, { items }) => sum + items, 0),
    trouble: () => trouble,
    async close(withinMs) {
      again?.cancel();
      if (waiting.length > 0) start();
      const { promise, resolve } = Promise.withResolvers<void>();
      const late = clock.after(withinMs, resolve);
      await Promise.race([sending, promise]);
      late.cancel();
      again?.cancel();
      counts.dropped.ended += waiting.reduce((sum, { items }) => sum + items, 0);
      waiting.length = 0;
    },
  };
}

// The live view of exchanges as newline-delimited JSON. A follower sees at most so many a second; what he does not see is
// counted in the next row. One who reads slowly, or not at all, costs a bounded queue and slows nobody down.
import type { Clock } from "../base/clock.ts";
import type { TapFilter } from "../observatory/query/condition.ts";
import type { Exchange } from "../observatory/query/exchange.ts";
import type { Queries } from "../observatory/query/queries.ts";
import { tapRow } from "./answer.ts";

export type FollowDeps = { readonly clock: Clock; readonly queries: Pick<Queries, "follow"> };

export type FollowOptions = {
  readonly filter: TapFilter;
  /** rows a second at most */
  readonly rate: number;
  /** ends after so many rows */
  readonly limit?: number;
  /** the client is gone */
  readonly signal: AbortSignal;
};

const MOST_WAITING = 1_000;

export function followStream({ clock, queries }: FollowDeps, options: FollowOptions): ReadableStream<Uint8Array> {
  let lines: string[] = [];
  let skipped = 0;
  let shown = 0;
  let tokens = options.rate;
  let refilledMs = clock.monotonicMs();
  let wake: (() => void) | undefined;
  let isOver = false;
  let isCancelled = false;

  const mayShow = (): boolean => {
    const nowMs = clock.monotonicMs();
    tokens = Math.min(options.rate, tokens + ((nowMs - refilledMs) / 1000) * options.rate);
    refilledMs = nowMs;
    if (tokens < 1 || lines.length >= MOST_WAITING) return false;
    tokens--;
    return true;
  };
  const take = (exchange: Exchange) => {
    if (isOver) return;
    if (!mayShow()) {
      skipped++;
      return;
    }
    const row = tapRow(exchange);
    lines.push(`${JSON.stringify(skipped > 0 ? { ...row, skippedBefore: skipped } : row)}\n`);
    skipped = 0;
    if (++shown === options.limit) end();
    wake?.();
  };
  const end = () => {
    if (isOver) return;
    isOver = true;
    stop();
    wake?.();
  };
  const stop = queries.follow(options.filter, take);
  options.signal.addEventListener("abort", end, { once: true });
  const encoder = new TextEncoder();

  return new ReadableStream<Uint8Array>(
    {
      // Bun sends the head with the first bytes; an empty line (which readers of NDJSON skip) tells at once that we follow
      start: (controller) => controller.enqueue(encoder.encode("\n")),
      async pull(controller) {
        if (lines.length === 0 && !isOver) {
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
        wake = undefined;
        const ready = lines;
        lines = [];
        if (ready.length > 0) controller.enqueue(encoder.encode(ready.join("")));
        if (isOver && !isCancelled) controller.close();
      },
      cancel() {
        isCancelled = true;
        end();
      },
    },
    { highWaterMark: 2 },
  );
}

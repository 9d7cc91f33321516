import { expect, test } from "bun:test";
import { manualClock } from "../base/clock.manual.ts";
import type { Exchange } from "../observatory/query/exchange.ts";
import { followStream } from "./follow.ts";

test("one who does not read costs a bounded queue, and learns how much he missed", async () => {
  const clock = manualClock();
  let take: (exchange: Exchange) => void = () => {};
  const queries = {
    follow(_: object, taker: typeof take) {
      take = taker;
      return () => {};
    },
  };
  const { signal } = new AbortController();
  const stream = followStream({ clock, queries }, { filter: {}, rate: 1_000, signal });

  for (let i = 0; i < 100_000; i++) {
    take({ startUs: i, ordinal: i } as Exchange);
    clock.advance(1);
  }
  const reader = stream.getReader();
  const lines: string[] = [];
  while (lines.length < 1_000) lines.push(...text((await reader.read()).value));
  clock.advance(1_000);
  take({ startUs: 0, ordinal: 0 } as Exchange);
  const last = text((await reader.read()).value);

  expect(lines.length).toBeLessThanOrEqual(1_002);
  expect(JSON.parse(last[0] ?? "{}").skippedBefore).toBe(100_000 - lines.length);
});

function text(chunk: Uint8Array | undefined): string[] {
  return new TextDecoder().decode(chunk).split("\n").filter(Boolean);
}

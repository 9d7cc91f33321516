import { expect, test } from "bun:test";
import { manualClock } from "../../base/clock.manual.ts";
import { seededRandom } from "../../base/random.ts";
import { type Outcome, outbox } from "./outbox.ts";

/** A collector that answers when the test says so. */
function boxed(mostBytes?: number) {
  const clock = manualClock();
  const asked: { readonly bytes: Uint8Array; answer(outcome: Outcome): void }[] = [];
  const send = (bytes: Uint8Array<ArrayBuffer>) =>
    new Promise<Outcome>((resolve) => asked.push({ bytes, answer: resolve }));
  const box = outbox({ clock, random: seededRandom(1), send }, mostBytes);
  const answered = async (outcome: Outcome) => {
    asked.shift()?.answer(outcome);
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return { clock, asked, box, answered };
}
const bytes = (length: number) => () => new Uint8Array(length);
const SENT = { kind: "sent", rejected: 0 } as const;

test("what is sent is counted, one request after the other", async () => {
  const { asked, box, answered } = boxed();

  box.push(3, bytes(10));
  box.push(4, bytes(10));

  expect(asked).toHaveLength(1);
  await answered(SENT);
  expect([box.counts.sent, box.waiting(), asked.length]).toEqual([3, 4, 1]);
  await answered({ kind: "sent", rejected: 1, reason: "too old" });
  expect(box.counts).toEqual({ sent: 6, dropped: { full: 0, refused: 1, ended: 0 } });
});

test("a collector that is away is asked again, each time later, and nothing is lost", async () => {
  const { clock, asked, box, answered } = boxed();
  box.push(3, bytes(10));

  for (const most of [1_000, 2_000, 4_000]) {
    await answered({ kind: "later", reason: "away" });
    expect(box.trouble()).toBe("away");
    clock.advance(most / 2 - 1);
    expect(asked).toHaveLength(0);
    clock.advance(most / 2 + 1);
    expect(asked).toHaveLength(1);
  }
  await answered(SENT);

  expect([box.counts.sent, box.trouble()]).toEqual([3, undefined]);
});

test("a collector that says when is not asked before", async () => {
  const { clock, asked, box, answered } = boxed();
  box.push(3, bytes(10));

  await answered({ kind: "later", reason: "busy", afterMs: 60_000 });
  box.push(1, bytes(10));
  clock.advance(59_999);
  expect(asked).toHaveLength(0);
  clock.advance(1);

  expect(asked).toHaveLength(1);
});

test("what the collector will never take is dropped, and the rest goes on", async () => {
  const { box, answered } = boxed();
  box.push(3, bytes(10));
  box.push(4, bytes(10));

  await answered({ kind: "gone", reason: "the collector answers 400" });
  expect(box.trouble()).toBe("the collector answers 400");
  await answered(SENT);

  expect(box.counts).toEqual({ sent: 4, dropped: { full: 0, refused: 3, ended: 0 } });
});

test("there is a bound, and what finds no room is not even made", () => {
  const { box } = boxed(20);
  const made: number[] = [];
  for (const items of [1, 2, 3, 4]) {
    box.push(items, () => {
      made.push(items);
      return new Uint8Array(10);
    });
  }

  expect([box.waiting(), box.counts.dropped.full]).toEqual([3, 7]);
  expect(made).toEqual([1, 2]);
});

test("at the end what waits is sent within a time, and then counted as lost", async () => {
  const { clock, box, answered } = boxed();
  box.push(3, bytes(10));
  box.push(4, bytes(10));

  const closed = box.close(1_000);
  await answered(SENT);
  clock.advance(1_000);
  await closed;

  expect(box.counts).toEqual({ sent: 3, dropped: { full: 0, refused: 0, ended: 4 } });
});

import { expect, test } from "bun:test";
import { manualClock } from "../base/clock.manual.ts";
import { asking } from "./asking.ts";

type Request = { readonly id: number };

test("each request is answered once, by its answer or by time", () => {
  const clock = manualClock();
  const asked = asking<Request, string>(clock, 5000);
  const got: (string | undefined)[] = [];

  const first = asked.ask(
    (id) => ({ id }),
    (answer) => got.push(answer),
  );
  const second = asked.ask(
    (id) => ({ id }),
    (answer) => got.push(answer),
  );
  expect(asked.requests()).toEqual([first, second]);
  expect(asked.settle(first.id, "yes", [])).toBe(true);
  clock.advance(7000);

  expect(got).toEqual(["yes", undefined]);
  expect(asked.settle(second.id, "late", [])).toBe(false);
  expect(asked.settle(first.id, "twice", [])).toBe(false);
  expect(got).toHaveLength(2);
});

test("when nobody will answer, everyone is told", () => {
  const asked = asking<Request, string>(manualClock(), 5000);
  const got: (string | undefined)[] = [];
  asked.ask(
    (id) => ({ id }),
    (answer) => got.push(answer),
  );
  asked.ask(
    (id) => ({ id }),
    (answer) => got.push(answer),
  );

  asked.failAll();

  expect(got).toEqual([undefined, undefined]);
  expect(asked.requests()).toEqual([]);
});

// Connections that rest share what they do not need.
import { expect, test } from "bun:test";
import { AT_REST, giveExchange, takeExchange } from "./exchange.ts";
import { END } from "./layer.ts";
import type { Core, Downstream } from "./shapes.ts";

const core = { http: END, spare: [] } as unknown as Core;
const connection = () => ({ core, exchange: AT_REST }) as Downstream;

test("two connections that take turns have one exchange between them", () => {
  const [first, second] = [connection(), connection()];

  const ofFirst = takeExchange(first);
  giveExchange(first);
  const ofSecond = takeExchange(second);

  expect(ofSecond).toBe(ofFirst);
  expect(ofSecond.downstream).toBe(second);
  expect(first.exchange).toBe(AT_REST);
});

test("who has one keeps it, and gives it once", () => {
  const [first, second] = [connection(), connection()];

  expect(takeExchange(first)).toBe(takeExchange(first));
  giveExchange(first);
  giveExchange(first);

  expect(takeExchange(first)).not.toBe(takeExchange(second));
});

test("what is at rest says that nothing is under way, and nobody can write to it", () => {
  expect(AT_REST.isSettled).toBe(true);
  expect(() => {
    AT_REST.status = 200;
  }).toThrow();
});

import { expect, test } from "bun:test";
import type { SeenExchange } from "../../model/figures.ts";
import { requests } from "./contrast/requests.fixture.ts";
import { failingOf } from "./failing.ts";

/** for each request one call to stock; of the last ones both fail */
function facts(failing: number, { stockFails = true } = {}) {
  const all = requests(60).map((one, at) => ({ ...one, status: at >= 60 - failing ? 500 : 200 }));
  const calls = all.map(
    (one): SeenExchange => ({
      ...one,
      ...{
        source: "cart",
        destination: "stock",
        parentSpanId: one.serverSpanId,
        serverSpanId: `of-${one.serverSpanId}`,
      },
      status: stockFails ? one.status : 200,
    }),
  );
  return { during: { service: "cart", requests: all, calls, used: [] } };
}

test("requests that fail follow the failures of whom most of them had called", () => {
  expect(failingOf(facts(10))).toEqual({ callee: "stock", share: 1, others: 0 });
});

test("what fails although its calls did not, or too seldom to say, is its own", () => {
  expect(failingOf(facts(10, { stockFails: false }))).toBeUndefined();
  expect(failingOf(facts(7))).toBeUndefined();
});

test("only the requests that were asked about count", () => {
  const { during } = facts(20);
  const route = during.requests.at(-1)?.route as string;
  const isOf = (one: SeenExchange) => one.route === route;
  const others = during.requests.map((one) => (isOf(one) ? { ...one, status: 200 } : one));
  expect(failingOf({ during: { ...during, requests: others }, asked: { route } })).toBeUndefined();
});

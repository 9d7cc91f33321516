import { expect, test } from "bun:test";
import { watchBreakers } from "./breakers.ts";

const CART = { name: "cart", namespace: "shop" };
const PAY = { name: "pay", namespace: "shop" };

test("a breaker is told when it begins to refuse and when it has refused nothing for ten seconds", () => {
  const breakers = watchBreakers();
  const told = (nowS: number) =>
    breakers.take(nowS * 1e6).map(({ atUs, service, text }) => [atUs / 1e6, service, text]);

  breakers.refused(CART, 1e6);
  breakers.refused(PAY, 2e6);
  expect(told(2)).toEqual([
    [1, "cart", "the circuit breaker refuses requests"],
    [2, "pay", "the circuit breaker refuses requests"],
  ]);
  breakers.refused(CART, 8e6);
  expect(told(11)).toEqual([]);
  expect(told(12)).toEqual([[2, "pay", "the circuit breaker refuses nothing any more, after 1 request in 1 s"]]);
  expect(told(18)).toEqual([[8, "cart", "the circuit breaker refuses nothing any more, after 2 requests in 7 s"]]);
  expect(told(30)).toEqual([]);

  breakers.refused(CART, 31e6);
  expect(told(31)).toHaveLength(1);
});

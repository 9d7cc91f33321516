import { expect, test } from "bun:test";
import { type Visit, visits } from "./plan.ts";

const crowd = { seed: 7, rate: 10, meanThinkMs: 500 };

function first(count: number, of = crowd): Visit[] {
  return visits(of).take(count).toArray();
}

test("the same seed brings the same shoppers, another seed others", () => {
  expect(first(50)).toEqual(first(50));
  expect(first(50)).not.toEqual(first(50, { ...crowd, seed: 8 }));
});

test("shoppers come at the rate asked for, at intervals that vary as those of a Poisson process", () => {
  const times = first(5_000).map((visit) => visit.atMs);
  const gaps = times.map((time, i) => time - (times[i - 1] ?? 0));
  const mean = gaps.reduce((sum, gap) => sum + gap) / gaps.length;
  const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);

  expect(mean).toBeWithin(95, 105);
  expect(deviation / mean).toBeWithin(0.95, 1.05); // 1 for an exponential distribution
});

test("nobody adds to the cart before a product was looked at, nobody pays without a cart", () => {
  for (const { steps } of first(1_000)) {
    const kinds = steps.map((step) => step.kind);
    expect(kinds[0]).toBe("home");
    if (kinds.includes("add")) expect(kinds.indexOf("product")).toBeLessThan(kinds.indexOf("add"));
    if (kinds.includes("checkout")) expect(kinds).toContain("add");
  }
});

test("some buy, some only look, some have a card that is declined", () => {
  const paying = first(1_000).flatMap(({ steps }) => steps.filter((step) => step.kind === "checkout"));
  const declined = paying.filter((step) => step.card !== "4242424242424242");

  expect(paying.length).toBeWithin(200, 600);
  expect(declined.length / paying.length).toBeWithin(0.03, 0.15);
});

import { expect, test } from "bun:test";
import { curve, middle, thickness, withArrow } from "./shape.ts";

test("a call is drawn thicker the more often it is made, within bounds", () => {
  const widths = [0, 0.1, 1, 10, 100, 1_000, 1e6].map(thickness);

  expect(widths).toEqual([...widths].sort((a, b) => a - b));
  expect(widths[0]).toBeGreaterThan(1);
  expect(widths.at(-1)).toBe(widths.at(-2)!);
});

test("a tenfold rate is about one step, wherever it begins", () => {
  const steps = [10, 100, 1_000].map((rate) => thickness(rate) - thickness(rate / 10));

  expect(Math.max(...steps) / Math.min(...steps)).toBeLessThan(1.5);
});

test("a route is drawn through its points, level at each", () => {
  expect(curve([])).toBe("");
  expect(
    curve([
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 30, y: 8 },
    ]),
  ).toBe("M0 0L10 0C20 0 20 8 30 8");
});

test("the arrow's tip touches the target, from whichever side", () => {
  const right = withArrow(
    [
      { x: 0, y: 5 },
      { x: 100, y: 5 },
    ],
    2,
  );
  const left = withArrow(
    [
      { x: 100, y: 5 },
      { x: 0, y: 5 },
    ],
    2,
  );

  expect(right.arrow).toStartWith("M100 5");
  expect(right.line.at(-1)!.x).toBeLessThan(100);
  expect(left.arrow).toStartWith("M0 5");
  expect(left.line.at(-1)!.x).toBeGreaterThan(0);
});

test("the label stands half way", () => {
  expect(
    middle([
      { x: 0, y: 0 },
      { x: 10, y: 0 },
      { x: 10, y: 30 },
    ]),
  ).toEqual({ x: 10, y: 10 });
});

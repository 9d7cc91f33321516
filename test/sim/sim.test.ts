// Some seeds of the simulation (`npm run sim` runs many), and that it is one: the same seed is the same run.
import { expect, test } from "bun:test";
import { simulate } from "./simulate.ts";

const SEEDS = 150;

test("the same seed is the same run, event by event", () => {
  const trace = () => {
    const lines: string[] = [];
    simulate(7, (line) => lines.push(line));
    return lines;
  };

  const first = trace();

  expect(first.length).toBeGreaterThan(100);
  expect(trace()).toEqual(first);
});

test(`${SEEDS} seeds violate nothing`, () => {
  const failed = [];
  let requests = 0;
  for (let seed = 1; seed <= SEEDS; seed++) {
    const run = simulate(seed);
    requests += run.requests;
    if (run.violations.length > 0) failed.push({ again: `npm run sim -- --seed ${seed}`, ...run });
  }

  expect(failed).toEqual([]);
  expect(requests).toBeGreaterThan(20 * SEEDS);
}, 120_000);

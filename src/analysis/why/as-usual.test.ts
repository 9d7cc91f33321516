import { expect, test } from "bun:test";
import { asUsual } from "./as-usual.ts";
import { requests } from "./contrast/requests.fixture.ts";
import { mesh } from "./facts.fixture.ts";
import { why } from "./why.ts";

const well = why(mesh({}), { service: 1, metric: "latency", statistic: "mean", at: 1_900_007_500 });

function facts(ms: number, count = 50) {
  const all = requests(count).map((one) => ({ ...one, durationUs: 1000 * ms, phases: { firstByte: 1000 * ms } }));
  return { service: "cart", requests: all, calls: [], used: [] };
}

test("what is slow as always is told where its time goes; what is fast, or hardly known, is just well", () => {
  const slow = { before: facts(390), now: facts(400) };
  const told = asUsual(well, slow, {});

  expect(told).toMatchObject({ state: "as-usual", findings: [], ledger: { service: "cart" } });
  expect(told.verdict).toStartWith(well.verdict);
  expect(told.verdict).toContain("; a request takes 400 ms in the mean: 100 % own: unexplained");
  expect(told.ledger?.rows[0]).toMatchObject({ part: "own: unexplained", beforeMs: 390, duringMs: 400 });
  expect(told.next[0]?.say).toBe("400 ms of it is its own, and no CPU: locks, sleeps, queues");

  expect(asUsual(well, { before: facts(80), now: facts(80) }, {})).toBe(well);
  expect(asUsual(well, { before: facts(400), now: facts(400, 10) }, {})).toBe(well);
  expect(asUsual(well, slow, { route: "GET /nowhere" })).toBe(well);
  const bad = { ...well, state: "unexplained" } as const;
  expect(asUsual(bad, slow, {})).toBe(bad);
});

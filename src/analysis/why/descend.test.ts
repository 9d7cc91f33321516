import { expect, test } from "bun:test";
import type { LedgerDocument, LedgerRow } from "../ledger/types.ts";
import type { Evidence } from "./classify.ts";
import { descended, queuesOf, waitOf } from "./descend.ts";
import { mesh } from "./facts.fixture.ts";
import { why } from "./why.ts";

/** ms by part, `dependency x` for x */
function ledger(parts: Readonly<Record<string, number>>): LedgerDocument {
  const rows = Object.entries(parts).map(([name, ms]): LedgerRow => {
    const [, of] = /^dependency (.+)/.exec(name) ?? [];
    return of ? { part: "dependency", of, ms, share: 0 } : { part: name as LedgerRow["part"], ms, share: 0 };
  });
  const meanMs = rows.reduce((sum, { ms }) => sum + ms, 0);
  return { service: "cart", all: { requests: 100, meanMs, rows }, confidence: "high", how: [], missing: [] };
}

const usual = { "own work: on CPU": 5, "dependency orders": 10, "dependency stock": 10 };
const evidence = (during: Readonly<Record<string, number>>): Evidence => {
  return { before: ledger(usual), during: ledger(during), changes: [] };
};
const calls = (orders: number) =>
  new Map([
    ["orders", { before: 1, during: orders }],
    ["stock", { before: 1, during: 1 }],
  ]);

test("a suspect whose requests spend with callees what was added waits for the one that added most", () => {
  const slow = evidence({ ...usual, "dependency orders": 610, "dependency stock": 410 });

  expect(waitOf(slow, calls(1))).toEqual({ callee: "orders", beforeMs: 10, duringMs: 610, share: 0.6 });
});

test("what is its own, or because it asks more often, is not waiting", () => {
  expect(waitOf(evidence({ ...usual, "own: unexplained": 500, "dependency orders": 110 }), calls(1))).toBeUndefined();
  expect(waitOf(evidence({ ...usual, "dependency orders": 610 }), calls(20))).toBeUndefined();
  expect(waitOf(evidence({ ...usual, "dependency bank": 600 }), calls(1))).toBeUndefined();
});

test("before a callee that takes many times as long requests may queue; before one that is a little slower they do not", () => {
  const queued = evidence({ ...usual, "own: unexplained": 450, "dependency orders": 60, "dependency stock": 20 });

  expect(queuesOf(queued, calls(1))).toEqual([
    { callee: "orders", beforeMs: 10, duringMs: 60, queuedMs: 450, share: 500 / 510 },
  ]);
  expect(queuesOf(queued, calls(20))).toEqual([]);
  expect(queuesOf(evidence({ ...usual, "own work: on CPU": 450, "dependency orders": 60 }), calls(1))).toEqual([]);
});

test("whom it waits for is the first finding, by one step more, and the suspect the second", () => {
  const answer = why(mesh({ cart: { own: 0.5 } }), {
    service: 0,
    metric: "latency",
    statistic: "mean",
    at: 1_900_007_500,
  });

  const told = descended(answer, { callee: "db", beforeMs: 10, duringMs: 510, share: 0.9 });

  expect(told.findings.map(({ rank, subject }) => [rank, subject.service]).slice(0, 2)).toEqual([
    [1, "db"],
    [2, "cart"],
  ]);
  expect(told.findings[0]?.path).toEqual(["web", "cart", "db"]);
  expect(told.findings[0]?.sentence).toContain("cart waits 500 ms more for db, 90 %");
  expect(told.verdict).toEndWith("made in cart, which waits for db");

  expect(told).toMatchObject({ state: answer.state, confidence: answer.confidence });
  const half = descended(answer, { callee: "db", beforeMs: 10, duringMs: 260, share: 0.5 });
  expect(half).toMatchObject({ state: "partly", confidence: "medium" });

  const queued = descended(answer, { callee: "db", beforeMs: 10, duringMs: 60, queuedMs: 450, share: 1 });
  expect(queued.findings[0]?.sentence).toContain("cart waits 50 ms more for db, and 450 ms for their turn, 100 %");
});

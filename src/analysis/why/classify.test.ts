import { expect, test } from "bun:test";
import type { LedgerDocument, LedgerRow } from "../ledger/types.ts";
import type { Answer } from "./answer.ts";
import { withEvidence } from "./classify.ts";
import { mesh } from "./facts.fixture.ts";
import { why } from "./why.ts";

const slow = { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 } as const;
const answer: Answer = why(mesh({ db: { own: 0.05 } }), slow);
const since = answer.findings[0]?.since as string;

function ledger(parts: Partial<Record<LedgerRow["part"], number>>): LedgerDocument {
  const rows = Object.entries(parts).map(
    ([part, ms]): LedgerRow => ({ part: part as LedgerRow["part"], ms, share: 0 }),
  );
  const meanMs = rows.reduce((sum, { ms }) => sum + ms, 0);
  return { service: "db", all: { requests: 100, meanMs, rows }, confidence: "high", how: [], missing: [] };
}

const usual = { "own work: on CPU": 8, "own: unexplained": 2 };
const none = { changes: [], stepSeconds: 60 };

test.each([
  ["own: storage", "storage"],
  ["own: waiting for a CPU", "compute"],
  ["own: memory stall", "memory"],
  ["network", "network"],
  ["own: unexplained", "unexplained"],
] as const)("what was added to %s is %s", (part, kind) => {
  const during = ledger({ ...usual, [part]: 52 });

  const told = withEvidence(answer, { before: ledger(usual), during, ...none });

  expect(told.findings[0]?.class).toBe(kind);
  expect(told.ledger?.rows[0]).toMatchObject({ part, duringMs: 52 });
});

test("no part that is most of it: the class stays open", () => {
  const during = ledger({ "own work: on CPU": 25, "own: unexplained": 20, "own: storage": 20, network: 15 });

  expect(withEvidence(answer, { before: ledger(usual), during, ...none }).findings[0]?.class).toBe("service");
});

test("without requests in one of the windows there is no ledger to compare", () => {
  const idle: LedgerDocument = { ...ledger({}), all: { requests: 0, meanMs: 0, rows: [] } };

  const told = withEvidence(answer, { before: idle, during: ledger(usual), ...none });

  expect(told.ledger?.rows).toEqual([]);
  expect(told.findings[0]?.class).toBe("service");
});

test("what changed shortly before is told, what changed long before or later is not", () => {
  const at = (seconds: number, text: string) => ({
    time: new Date(Date.parse(since) + 1000 * seconds).toISOString(),
    service: "db",
    text,
  });
  const changes = [at(-500, "was scaled"), at(-20, "version 2 was deployed"), at(300, "was restarted")];

  const told = withEvidence(answer, { before: ledger(usual), during: ledger(usual), changes, stepSeconds: 60 });

  expect(told.changes?.map(({ text }) => text)).toEqual(["version 2 was deployed"]);
  expect(told.findings[0]?.sentence).toContain("shortly before: db version 2 was deployed");
});

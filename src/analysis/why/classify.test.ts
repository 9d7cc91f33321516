import { expect, test } from "bun:test";
import type { LedgerDocument, LedgerRow } from "../ledger/types.ts";
import type { Answer, ChangeLine, Finding } from "./answer.ts";
import { withEvidence } from "./classify.ts";
import { type Fault, requests } from "./contrast/requests.fixture.ts";
import { evidenceOf } from "./evidence.ts";
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
const none = { changes: [], usual: [], since, stepSeconds: 60 };
/** what is known besides */
const nothing = { changes: [] };

test.each([
  ["own: storage", "storage"],
  ["own: waiting for a CPU", "compute"],
  ["own: memory stall", "memory"],
  ["network", "network"],
  ["own: unexplained", "unexplained"],
] as const)("what was added to %s is %s", (part, kind) => {
  const during = ledger({ ...usual, [part]: 52 });

  const told = withEvidence(answer, { before: ledger(usual), during, ...nothing });

  expect(told.findings[0]?.class).toBe(kind);
  expect(told.ledger?.rows[0]).toMatchObject({ part, duringMs: 52 });
});

test("no part that is most of it: the class stays open", () => {
  const during = ledger({ "own work: on CPU": 25, "own: unexplained": 20, "own: storage": 20, network: 15 });

  expect(withEvidence(answer, { before: ledger(usual), during, ...nothing }).findings[0]?.class).toBe("service");
});

test("what nothing explains does not outvote a part that was seen and is a good part of it", () => {
  const half = ledger({ ...usual, network: 74, "own: unexplained": 77 });
  const hardly = ledger({ ...usual, network: 10, "own: unexplained": 77 });

  expect(withEvidence(answer, { before: ledger(usual), during: half, ...nothing }).findings[0]?.class).toBe("network");
  expect(withEvidence(answer, { before: ledger(usual), during: hardly, ...nothing }).findings[0]?.class).toBe(
    "unexplained",
  );
});

test("of latency the ledger rules out what hardly added anything; of failures it says nothing", () => {
  const evidence = { before: ledger(usual), during: ledger({ ...usual, "own: storage": 52 }), ...nothing };
  const failing = why(mesh({ db: { fails: 0.5 } }), { ...slow, metric: "availability" });
  const classes = (of: Answer) => withEvidence(of, evidence).ruledOut.map((one) => one.class);

  expect(classes(answer)).toContain("network");
  expect(classes(failing)).toEqual(["load", "deployment", "configuration"]);
});

test("without requests in one of the windows there is no ledger to compare", () => {
  const idle: LedgerDocument = { ...ledger({}), all: { requests: 0, meanMs: 0, rows: [] } };

  const told = withEvidence(answer, { before: idle, during: ledger(usual), ...nothing });

  expect(told.ledger?.rows).toEqual([]);
  expect(told.findings[0]?.class).toBe("service");
});

test("who is asked more, and gets less CPU than before, was cut down and is not loaded", () => {
  const [first] = answer.findings;
  const loaded: Answer = { ...answer, findings: [{ ...(first as Finding), class: "load" }] };
  const pressure = { class: "compute", workload: "db-1", of: "its CPU limit", before: 0, during: 0.9 } as const;
  const seen = { before: ledger(usual), during: ledger({ ...usual, "own: unexplained": 80 }), ...nothing };
  const classOf = (isCutDown: boolean) =>
    withEvidence(loaded, { ...seen, pressure: { ...pressure, isCutDown } }).findings[0]?.class;

  expect([classOf(true), classOf(false)]).toEqual(["compute", "load"]);
});

function change(seconds: number, text: string, more: Partial<ChangeLine> = {}): ChangeLine {
  const time = new Date(Date.parse(since) + 1000 * seconds).toISOString();
  return { time, kind: "restart", namespace: "shop", service: "db", workload: "", version: "", text, ...more };
}

test("what changed shortly before is told, what changed long before or later or elsewhere is not", () => {
  const before = { service: "db", requests: requests(500), calls: [], used: [] };
  const during = { ...before, requests: requests(500, undefined, { seed: 2 }) };
  const deployed = change(-20, "version 2 after 1", { kind: "deployment", version: "2" });
  const other = change(-10, "was scaled", { service: "web" });
  const changes = [change(-500, "was scaled"), deployed, other, change(300, "was restarted")];

  const told = withEvidence(answer, evidenceOf({ before, during, metric: "latency", ...none, changes }));

  expect(told.changes).toEqual([deployed]);
  expect(told.findings[0]?.sentence).toContain("shortly before: db version 2 after 1");
  expect(told.findings[0]?.class).not.toBe("deployment");
});

test("a workload that the slow requests have in common is the subject, and its ledger the one that is shown", () => {
  const before = { service: "db", requests: requests(500), calls: [], used: [] };
  const isIt: Fault = { on: ({ destinationWorkload }) => destinationWorkload === "cart-2", ms: 300 };
  const during = { ...before, requests: requests(500, isIt, { seed: 2 }) };

  const told = withEvidence(answer, evidenceOf({ before, during, metric: "latency", ...none }));

  expect(told.findings[0]?.subject).toEqual({ service: "db", workload: "cart-2" });
  expect(told.verdict).toEndWith("is made in db, in workload cart-2");
  expect(told.findings[0]?.sentence).toContain("who was drawn was chance");
  expect(told.ledger?.service).toBe("cart-2");
  const [most] = told.ledger?.rows ?? [];
  expect((most?.duringMs ?? 0) - (most?.beforeMs ?? 0)).toBeWithin(250, 350);
  expect(told.next).toContainEqual(
    expect.objectContaining({ command: `meshwise trace ${told.contrast?.examples.bad[0]}` }),
  );
});

test("the only workload is named, and who stands still by himself is of that kind", () => {
  const one = (seed: number, fault?: Fault) =>
    requests(500, fault, { seed }).map((request) => ({ ...request, destinationWorkload: "cart-1" }));
  const looked = [{ fromUs: 0, toUs: 5_000_000, rise: { throttledUs: 4_000_000 } }];
  const before = { service: "db", requests: one(1), calls: [], used: [] };
  const during = { ...before, requests: one(2, { on: () => true, ms: 300 }) };

  const [found] = withEvidence(answer, evidenceOf({ before, during, metric: "latency", ...none })).findings;
  const used = [{ workload: "cart-1", looked }];
  const limited = evidenceOf({ before, during: { ...during, used }, metric: "latency", ...none });
  const [pressed] = withEvidence(answer, limited).findings;

  expect(found?.subject).toEqual({ service: "db", workload: "cart-1" });
  expect(pressed).toMatchObject({ class: "compute", subject: { service: "db", workload: "cart-1" } });
  expect(pressed?.sentence).toContain("cart-1 stands still for its CPU limit 80 % of the time");
});

test("a version that the kernel ended for want of memory is named when it came shortly before", () => {
  const of = (kind: ChangeLine["kind"], version: string, seconds: number) => change(seconds, kind, { kind, version });
  const ledgers = { before: ledger(usual), during: ledger({ ...usual, "own: unexplained": 52 }) };
  const oom = of("oom", "2", 10);

  const [fresh] = withEvidence(answer, { ...ledgers, changes: [of("deployment", "2", -20), oom] }).findings;
  const [old] = withEvidence(answer, { ...ledgers, changes: [of("deployment", "3", -20), oom] }).findings;

  expect(fresh).toMatchObject({ class: "memory", subject: { service: "db", version: "2" } });
  expect(old?.subject).toEqual({ service: "db" });
});

test("what nothing explains is the network's where packets of a workload are lost", () => {
  const during = ledger({ ...usual, "own: unexplained": 52 });
  const stored = ledger({ ...usual, "own: storage": 52 });
  const lost = { workload: "db-2", of: "TCP segments", before: 0, during: 0.05 } as const;

  const [found] = withEvidence(answer, { before: ledger(usual), during, ...nothing, lost }).findings;
  const [other] = withEvidence(answer, { before: ledger(usual), during: stored, ...nothing, lost }).findings;

  expect(found).toMatchObject({ class: "network", subject: { service: "db", workload: "db-2" } });
  expect(found?.sentence).toContain("5 % of the TCP segments of db-2 are lost");
  expect(found?.evidence.at(-1)).toMatchObject({ metric: "lost", baseline: 0, observed: 0.05, unit: "share" });
  expect(other).toMatchObject({ class: "storage", subject: { service: "db" } });
});

test("more requests are no load where packets are lost: whoever gives up asks again", () => {
  const during = ledger({ ...usual, "own: unexplained": 52 });
  const lost = { workload: "db-2", of: "TCP segments", before: 0, during: 0.05 } as const;
  const [first, ...rest] = answer.findings as [Finding, ...Finding[]];
  const more = { ...answer, findings: [{ ...first, class: "load" } as const, ...rest] };
  const known = { before: ledger(usual), during, ...nothing };

  expect(withEvidence(more, known).findings[0]?.class).toBe("load");
  expect(withEvidence(more, { ...known, lost }).findings[0]?.class).toBe("network");
});

test("other requests than before are load, whatever the ledger says", () => {
  const before = { service: "db", requests: requests(500), calls: [], used: [] };
  const during = { ...before, requests: requests(500, undefined, { seed: 2, mix: [0.3, 0.2, 0.5] }) };

  const [found] = withEvidence(answer, evidenceOf({ before, during, metric: "latency", ...none })).findings;

  expect(found?.class).toBe("load");
  expect(found?.subject.route).toBe("GET /report");
  expect(found?.sentence).toContain("GET /report");
  expect(found?.evidence.at(-1)).toMatchObject({ unit: "share", claim: "of all requests, those of GET /report" });
});

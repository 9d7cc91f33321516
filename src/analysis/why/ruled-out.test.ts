import { expect, test } from "bun:test";
import type { LedgerDocument } from "../ledger/types.ts";
import type { LedgerChange } from "./answer.ts";
import { ruledOutBeside } from "./ruled-out.ts";

const rows: LedgerChange[] = [
  { part: "own: storage", beforeMs: 2, duringMs: 90 },
  { part: "own work: on CPU", beforeMs: 4, duringMs: 5 },
  { part: "own: waiting for a CPU", of: "run queue", beforeMs: 1, duringMs: 1 },
  { part: "dependency", of: "pay", beforeMs: 10, duringMs: 30 },
];
const during = { missing: [] } as unknown as LedgerDocument;
const deployed = {
  time: "",
  kind: "deployment",
  namespace: "",
  service: "cart",
  workload: "",
  version: "2",
  text: "",
} as const;

const classes = (...of: Parameters<typeof ruledOutBeside>) => ruledOutBeside(...of).map((one) => one.class);

test("kinds that hardly added anything are ruled out by the ledger, with what they took", () => {
  const out = ruledOutBeside("storage", "cart", { rows, during, changes: [] });

  expect(out[0]).toEqual({ class: "compute", because: "of a request of cart it was 5 ms, and is 6 ms" });
  expect(out[1]).toEqual({ class: "memory", because: "no request of cart spends time on it" });
  expect(out.map((one) => one.class)).toEqual([
    ...["compute", "memory", "network", "saturation", "mesh", "deployment", "configuration"],
  ]);
});

test("what the host does not tell, what came shortly before, and what it is, are not ruled out", () => {
  const blind = { missing: [{ signal: "pressure stall of memory", enable: "" }] } as unknown as LedgerDocument;
  expect(classes("storage", "cart", { rows, during: blind, changes: [deployed] })).toEqual([
    ...["compute", "network", "saturation", "mesh", "configuration"],
  ]);
  expect(classes("compute", "cart", { rows: [], during, changes: [] })).toEqual(["deployment", "configuration"]);
});

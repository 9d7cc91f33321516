// Ways to spend a request's time, each with the part of the ledger where that time belongs.
import type { Part } from "../../src/analysis/ledger/types.ts";

export type Trouble = {
  /** of the service, and of the figures */
  readonly name: string;
  /** what is asked without the trouble, and with it */
  readonly fast: string;
  readonly slow: string;
  readonly atOnce: number;
  readonly limits?: { readonly cpus?: number; readonly mem_limit?: string };
  /** what of the machine makes it slow, for as long as it lasts; needs root */
  readonly machine?: "storage" | "memory" | "loss" | "bandwidth";
  /** so many ms must be added to each request; what comes on top of it is the machine's own doing */
  readonly knownMs?: number;
  /** where the added time belongs; empty: nothing measures it, so all of it must stay unexplained */
  readonly right: readonly string[];
};

export const UNEXPLAINED: Part = "own: unexplained";
/** a machine that others use as well makes everyone wait for a CPU: that is true, and told apart */
export const QUEUE = "own: waiting for a CPU (run queue)";

export const TROUBLES: readonly Trouble[] = [
  { name: "busy", fast: "/busy/1", slow: "/busy/30", atOnce: 1, right: ["own work: on CPU", QUEUE] },
  {
    name: "throttled",
    fast: "/busy/1",
    slow: "/busy/30",
    atOnce: 1,
    limits: { cpus: 0.1 },
    right: ["own: waiting for a CPU (throttled)", "own work: on CPU", QUEUE],
  },
  { name: "storage", fast: "/sync/128", slow: "/sync/128", atOnce: 1, machine: "storage", right: ["own: storage"] },
  {
    name: "memory",
    fast: "/read/300",
    slow: "/read/300",
    atOnce: 1,
    machine: "memory",
    limits: { mem_limit: "1g" },
    right: ["own: memory stall"],
  },
  { name: "sleeper", fast: "/sleep/1", slow: "/sleep/60", atOnce: 1, knownMs: 59, right: [] },
  { name: "convoy", fast: "/lock/1", slow: "/lock/20", atOnce: 4, right: [] },
  { name: "caller", fast: "/call/1", slow: "/call/60", atOnce: 1, knownMs: 59, right: ["dependency (behind)"] },
  {
    name: "loss",
    fast: "/data/4096",
    slow: "/data/4096",
    atOnce: 1,
    machine: "loss",
    right: ["network (caller's leg)"],
  },
  {
    name: "bandwidth",
    fast: "/data/4096",
    slow: "/data/4096",
    atOnce: 1,
    machine: "bandwidth",
    right: ["network (caller's leg)"],
  },
];

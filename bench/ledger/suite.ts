// Where requests spend time that is added in one known way, as the ledger of a real mesh says it.
import type { LedgerAnswer, LedgerRow } from "../../src/api/types.ts";
import { atLeast, atMost, type Figure, information, type Section, type Suite, type SuiteOptions } from "../suite.ts";
import { temporaryFolder } from "../support/children.ts";
import { allowanceOf, canAllow } from "./allowance.ts";
import { type Leg, openLeg } from "./leg.ts";
import { type LedgerMesh, type LedgerService, startLedgerMesh } from "./mesh.ts";
import { QUEUE, TROUBLES, type Trouble, UNEXPLAINED } from "./troubles.ts";

/** figures of workloads come every ten seconds: what is asked of lies inside of whole ones */
const SECONDS = { full: 60, quick: 30 };
const ROUNDS = { full: 2, quick: 1 };
/** the last exchanges and figures are on their way */
const SETTLE_MS = 12_000;
const LOST_PERCENT = 3;
const NARROW_MBIT = 80;
const FEW_BYTES = 1024 * 1024;
/** less than the file that is read and the program together, and more */
const [LITTLE_MEMORY, MUCH_MEMORY] = [128 * 1024 * 1024, 1024 * 1024 * 1024];
/** a slow disk: what a virtual machine reads is often in its host's memory, and then want of memory costs nothing */
const FEW_READS = 500;

const OF_GROUPS: readonly string[] = ["storage", "memory"];
const isRoot = process.getuid?.() === 0;

const troubles: Section = {
  name: "troubles",
  about:
    "CPU, throttling, storage, memory, sleep, a lock, a dependency, loss, a narrow network: where added time is put",
  run: measure,
};

/** What of the machine makes a service slow, and how that ends. */
type Machine = { readonly begin: () => Promise<void>; readonly end: () => Promise<void> };

async function measure({ isQuick, say }: SuiteOptions): Promise<readonly Figure[]> {
  const kind = isQuick ? "quick" : "full";
  const some = TROUBLES.filter(({ machine }) => !machine || (OF_GROUPS.includes(machine) ? canAllow : isRoot));
  if (!isRoot) say("without root: no network that loses or is narrow");
  if (!canAllow) say("without root or cgroup version 1: no slow storage, and no want of memory");
  const legs = await openLegs(some);
  const folder = temporaryFolder();
  const services = some.map(({ name, limits }): [string, LedgerService] => {
    const leg = legs.get(name);
    return [name, { ...(limits && { limits }), ...(leg && { address: leg.address, callers: leg.inside }) }];
  });
  const machines: Machine[] = [];
  const added = new Map<string, Added[]>();
  try {
    const mesh = await startLedgerMesh(folder, Object.fromEntries([...services, ["behind", {}]]));
    for (const one of some) machines.push(...machineOf(one, mesh, legs, folder));
    for (let round = 0; round < ROUNDS[kind]; round++) {
      const before = await window(mesh, some, "fast", SECONDS[kind]);
      for (const { begin } of machines) await begin();
      const during = await window(mesh, some, "slow", SECONDS[kind]);
      for (const { end } of machines) await end();
      for (const { name } of some) {
        const one = difference(before.get(name) as Seen, during.get(name) as Seen);
        added.set(name, [...(added.get(name) ?? []), one]);
        say(`${name}: ${told(one)}`);
      }
    }
    await mesh.stop();
  } finally {
    for (const leg of legs.values()) await leg.remove();
  }
  return some.flatMap((trouble) => figures(trouble, mean(added.get(trouble.name) ?? [])));
}

async function openLegs(some: readonly Trouble[]): Promise<ReadonlyMap<string, Leg>> {
  const legs = new Map<string, Leg>();
  for (const { name, machine } of some) {
    if (machine === "loss" || machine === "bandwidth") legs.set(name, await openLeg(legs.size));
  }
  return legs;
}

function machineOf(
  { name, machine }: Trouble,
  mesh: LedgerMesh,
  legs: ReadonlyMap<string, Leg>,
  folder: string,
): Machine[] {
  const leg = legs.get(name);
  if (leg) {
    const begin = () => (machine === "loss" ? leg.lose(LOST_PERCENT) : leg.narrow(NARROW_MBIT));
    return [{ begin, end: leg.clear }];
  }
  if (machine !== "storage" && machine !== "memory") return [];
  const { writes, reads, memory } = allowanceOf({ ...mesh, workload: `${name}-1` }, folder);
  if (machine === "storage") return [{ begin: async () => writes(FEW_BYTES), end: async () => writes(0) }];
  const end = async () => {
    reads(0);
    memory(MUCH_MEMORY);
  };
  const begin = async () => {
    reads(FEW_READS);
    memory(LITTLE_MEMORY);
  };
  return [{ begin, end }];
}

type Seen = { readonly ledger: LedgerAnswer; readonly callerMs: number };

async function window(mesh: LedgerMesh, some: readonly Trouble[], how: "fast" | "slow", seconds: number) {
  const fromMs = Date.now();
  const callers = await Promise.all(some.map((one) => mesh.load(one.name, one[how], { atOnce: one.atOnce, seconds })));
  const toMs = Date.now();
  await Bun.sleep(SETTLE_MS);
  const seen = new Map<string, Seen>();
  for (const [at, { name }] of some.entries()) {
    seen.set(name, { ledger: await mesh.ledger(name, fromMs, toMs), callerMs: callers[at] as number });
  }
  return seen;
}

/** by part; `callerMs` is what the caller measured, `offMs` how far the parts are from the request */
type Added = {
  readonly ms: number;
  readonly callerMs: number;
  readonly parts: ReadonlyMap<string, number>;
  readonly offMs: number;
};

function difference(before: Seen, during: Seen): Added {
  const parts = new Map<string, number>();
  const add = (rows: readonly LedgerRow[], sign: number) => {
    for (const { part, of, ms } of rows) {
      const name = of === undefined ? part : `${part} (${of})`;
      parts.set(name, (parts.get(name) ?? 0) + sign * ms);
    }
  };
  add(before.ledger.all.rows, -1);
  add(during.ledger.all.rows, 1);
  const sum = during.ledger.all.rows.reduce((total, { ms }) => total + ms, 0);
  return {
    ms: during.ledger.all.meanMs - before.ledger.all.meanMs,
    callerMs: during.callerMs - before.callerMs,
    parts,
    offMs: Math.abs(sum - during.ledger.all.meanMs),
  };
}

function mean(all: readonly Added[]): Added {
  const names = new Set(all.flatMap(({ parts }) => [...parts.keys()]));
  const of = (value: (one: Added) => number) => all.reduce((sum, one) => sum + value(one), 0) / all.length;
  return {
    ms: of(({ ms }) => ms),
    callerMs: of(({ callerMs }) => callerMs),
    parts: new Map([...names].map((name) => [name, of(({ parts }) => parts.get(name) ?? 0)])),
    offMs: Math.max(...all.map(({ offMs }) => offMs)),
  };
}

function figures({ name, right, knownMs }: Trouble, { ms, callerMs, parts, offMs }: Added): Figure[] {
  // waiting for a CPU is no mistake as far as more was added than the trouble alone can have
  const queuedMs = Math.min(parts.get(QUEUE) ?? 0, Math.max(0, ms - (knownMs ?? ms)));
  const share = (of: number) => (100 * of) / (ms - queuedMs);
  const rightMs = right.reduce((sum, part) => sum + (parts.get(part) ?? 0), 0);
  const unexplained = parts.get(UNEXPLAINED) ?? 0;
  const wrong = [...parts].filter(([part]) => part !== UNEXPLAINED && !right.includes(part));
  const worst = Math.max(0, ...wrong.map(([part, value]) => Math.abs(part === QUEUE ? value - queuedMs : value)));
  return [
    information(`${name}: added to a request, as its caller saw it`, callerMs, "ms"),
    information(`${name}: added to a request, as the mesh saw it`, ms, "ms"),
    information(`${name}: of it waiting for a CPU, which others of the machine had`, queuedMs, "ms"),
    right.length > 0
      ? atLeast(`${name}: of it in the right part`, share(rightMs), "%", { goal: 80 })
      : atLeast(`${name}: of it unexplained, as it must be`, share(unexplained), "%", { goal: 80 }),
    atMost(`${name}: in the worst wrong part`, share(worst), "%", { goal: 5 }),
    information(`${name}: unexplained`, share(unexplained), "%"),
    atMost(`${name}: parts and request differ by`, share(offMs), "%", { goal: 1 }),
  ];
}

function told({ ms, callerMs, parts }: Added): string {
  const all = [...parts].filter(([, value]) => Math.abs(value) > 0.05).sort(([, a], [, b]) => b - a);
  const listed = all.map(([part, value]) => `${part} ${value.toFixed(1)}`).join(", ");
  return `+${ms.toFixed(1)} ms (its caller: ${callerMs.toFixed(1)}): ${listed}`;
}

export const ledger: Suite = {
  name: "ledger",
  about: "whether the ledger puts added time where it was spent",
  sections: [troubles],
};

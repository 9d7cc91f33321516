// Whether a workload itself ran out of something: it stood still for a part of each second, and did not before.
import type { UsedBy } from "../ledger/ledger.ts";
import type { Class } from "./answer.ts";
import { rate } from "./use.ts";

export type Pressure = {
  readonly class: Class;
  readonly workload: string;
  /** what it stood still for */
  readonly of: string;
  /** s of each second */
  readonly before: number;
  readonly during: number;
  /** it gets less of that than before, so it is not that it wants more */
  readonly isCutDown: boolean;
};

const SIGNALS = [
  { counter: "throttledUs", class: "compute", of: "its CPU limit", got: ["cpuUs"] },
  { counter: "memoryFullUs", class: "memory", of: "memory", got: [] },
  { counter: "ioFullUs", class: "storage", of: "storage", got: ["readBytes", "writeBytes"] },
] as const;

/** of each second, beyond the usual: a service that is asked one thing after another then waits for itself */
const MUCH = 0.2;

/** The most that any of a service's workloads stood still more than before; undefined: none did for long. */
export function pressureOf(before: readonly UsedBy[], during: readonly UsedBy[]): Pressure | undefined {
  const usual = new Map(before.map((one) => [one.workload, one]));
  const found = during.flatMap((one) =>
    SIGNALS.map(({ counter, got, ...rest }): Pressure => {
      const was = usual.get(one.workload);
      const shares = { before: was ? shareOf(was, counter) : 0, during: shareOf(one, counter) };
      const isLess = (of: "cpuUs" | "readBytes" | "writeBytes") =>
        (rate([one], of) ?? 0) < (rate(was ? [was] : [], of) ?? 0);
      return { ...rest, workload: one.workload, ...shares, isCutDown: got.length > 0 && got.every(isLess) };
    }),
  );
  const [most] = found.toSorted((a, b) => b.during - b.before - (a.during - a.before));
  return most && most.during - most.before >= MUCH ? most : undefined;
}

function shareOf({ looked }: UsedBy, counter: (typeof SIGNALS)[number]["counter"]): number {
  const [stoodUs, allUs] = looked.reduce(
    ([stood, all], { fromUs, toUs, rise }) => [stood + (rise[counter] ?? 0), all + toUs - fromUs],
    [0, 0],
  );
  // of several CPUs each is counted
  return allUs === 0 ? 0 : Math.min(1, stoodUs / allUs);
}

// Whether a workload's packets are lost, by what the kernel counts in its network namespace. What is waited for meanwhile looks
// like the workload's own time: an answer lies in its socket until it has arrived, and a question for a name is asked again
// after a second or more.
import type { UsedBy } from "../ledger/ledger.ts";
import { median } from "./robust.ts";

export type Lost = {
  /** that loses most; absent: others of the service lose as many */
  readonly workload?: string;
  readonly of: "TCP segments" | "UDP datagrams";
  /** of those that it sent, or that were sent to it, 0 to 1 */
  readonly before: number;
  readonly during: number;
};

/** A lost segment holds up what is behind it for 200 ms and more. */
const SHARE = 0.005;
const LIFT = 3;
const FEWEST = 10;

type Rise = UsedBy["looked"][number]["rise"];
type Counted = { readonly lost: number; readonly all: number };
const NOTHING: Counted = { lost: 0, all: 0 };

/** undefined: the host does not tell */
const KINDS = [
  {
    of: "TCP segments",
    // what an application did not accept in time was not lost on the way
    counted: ({ segments, retransmits, listenDrops = 0 }: Rise): Counted | undefined =>
      segments === undefined || retransmits === undefined
        ? undefined
        : { lost: Math.max(0, retransmits - listenDrops), all: segments + retransmits },
  },
  {
    of: "UDP datagrams",
    counted: ({ datagrams, datagramsTaken }: Rise): Counted | undefined =>
      datagrams === undefined || datagramsTaken === undefined
        ? undefined
        : { lost: datagrams - datagramsTaken, all: datagrams },
  },
] as const;

/** What is lost most; undefined: nothing is more than before, or hardly anything. */
export function lostBy(before: readonly UsedBy[], during: readonly UsedBy[]): Lost | undefined {
  const usual = new Map(before.map(({ workload, looked }) => [workload, looked]));
  const found = KINDS.flatMap(({ of, counted }): Lost[] => {
    const all = during.map(({ workload, looked }) => {
      const was = (usual.get(workload) ?? []).map(({ rise }) => shareOf(counted(rise)));
      const is = sumOf(looked.map(({ rise }) => counted(rise)));
      // requests that wait for seconds are seen to be slow when they end: the last looks before may be of the trouble already
      return { workload, lost: is.lost, before: median(was) || 0, during: shareOf(is) };
    });
    const [most, next] = all.toSorted((a, b) => b.during - a.during);
    if (!most || most.lost < FEWEST || most.during < Math.max(SHARE, LIFT * most.before)) return [];
    const isAlone = !next || most.during >= LIFT * next.during;
    return [{ of, before: most.before, during: most.during, ...(isAlone && { workload: most.workload }) }];
  });
  return found.toSorted((a, b) => b.during - a.during)[0];
}

function shareOf({ lost, all }: Counted = NOTHING): number {
  return all > 0 ? Math.max(0, lost / all) : 0;
}

function sumOf(all: readonly (Counted | undefined)[]): Counted {
  return all.reduce<Counted>((sum, one = NOTHING) => ({ lost: sum.lost + one.lost, all: sum.all + one.all }), NOTHING);
}

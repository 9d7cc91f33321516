// What a workload did in the time that its requests spent in it alone, by its host's figures of the same seconds. Each part
// is a figure divided among the requests in proportion to their own time; what no figure speaks for stays unexplained.
//
// A task that works on one request delays that one: its seconds are the request's seconds. In an event loop one task works
// for all, so a request also waits while the loop works for others, and what other tasks do there delays nobody. Pressure
// stall says that at least one request was held up and not how many were, so it counts once.
import type { ResourceCounter, ResourceSample } from "../../model/resources.ts";
import { background } from "./background.ts";
import { stretch } from "./loop.ts";
import type { Step } from "./steps.ts";

/** Shares of own time, 0…1; what they lack to 1 is unexplained. */
export type OwnShares = {
  readonly cpu: number;
  readonly runQueue: number;
  readonly throttled: number;
  readonly storage: number;
  readonly memory: number;
};

export const NO_SHARES: OwnShares = { cpu: 0, runQueue: 0, throttled: 0, storage: 0, memory: 0 };

/** of the CPU time, done by one task: two that share the work have less each, and a runtime's helpers have the rest */
const LOOP_SHARE = 0.55;

/** How a workload is in all of the time that is looked at. */
export type Manner = {
  /** one task works for all */
  readonly isLoop: boolean;
  /** what it uses without being asked, by second */
  readonly background: ResourceSample;
};

/** @param steps all that is known of one workload, oldest first */
export function mannerOf(steps: readonly Step[]): Manner {
  const sum = (name: ResourceCounter) => steps.reduce((total, { rise }) => total + (rise[name] ?? 0), 0);
  const main = sum("mainCpuUs");
  return { isLoop: main > 0 && main >= LOOP_SHARE * sum("cpuUs"), background: background(steps) };
}

/** Parts of the own time that requests had in a step; what they lack to 1 is unexplained. */
export function ownShares(
  { rise, seconds, ownS, busyS }: Omit<Step, "requests">,
  { isLoop, background }: Manner,
): OwnShares {
  if (!(ownS > 0) || !(busyS > 0)) return NO_SHARES;
  // what a loop does unasked delays those who are there meanwhile; what other tasks do unasked delays nobody
  const unaskedS = isLoop ? seconds - busyS : seconds;
  const s = (name: keyof ResourceSample) => Math.max(0, (rise[name] ?? 0) - (background[name] ?? 0) * unaskedS) / 1e6;
  const ran = s(isLoop ? "mainCpuUs" : "cpuUs");
  // a task that is throttled waits for a CPU, so its delay holds the throttling
  const delayed = s(isLoop ? "mainDelayUs" : "runDelayUs");
  const throttled = rise.runDelayUs === undefined ? s("throttledUs") : Math.min(s("throttledUs"), delayed);
  const queued = Math.max(0, delayed - throttled);
  const busy = (ran + queued + throttled) / busyS;
  const crowd = isLoop && busy > 0 ? stretch(busy, ownS / busyS) : 1;
  // pages that come back from storage are memory's fault, and may stand in both
  const stalled = s("memorySomeUs");
  const waited = rise.ioDelayUs === undefined ? Math.max(0, s("ioSomeUs") - stalled) : s("ioDelayUs");
  const storage = waited * (1 - shareRefaulted(rise));
  const memory = stalled + waited - storage;

  const others = (queued + throttled) * crowd + storage + memory;
  // to look for pages that can go is both: running, and a stall
  const twice = Math.min(memory, Math.max(0, ran * crowd + others - ownS));
  const cpu = Math.max(0, ran * crowd - twice);
  // what was no request's after all cannot have taken more time than there is
  const scale = 1 / Math.max(ownS, cpu + others);
  return {
    cpu: cpu * scale,
    runQueue: queued * crowd * scale,
    throttled: throttled * crowd * scale,
    storage: storage * scale,
    memory: memory * scale,
  };
}

/** Of what came from storage or went there, what came back because there had been no memory to keep it in. */
function shareRefaulted({ refaultBytes = 0, readBytes = 0, writeBytes = 0 }: ResourceSample): number {
  return refaultBytes > 0 ? refaultBytes / Math.max(refaultBytes, readBytes + writeBytes) : 0;
}

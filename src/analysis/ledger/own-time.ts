// What a workload did in the time that its requests spent in it alone, by its host's figures of the same seconds.
//
// A task that works on one request delays that one: its seconds are the request's seconds. In an event loop one task works
// for all, so a request also waits while the loop works for others. By processor sharing that stretches each second
// by 1/(1 − how busy the loop is), and never by more than there are requests in it. What pressure stall calls `full` held
// up everything that wanted to go on, `some` at least one request. What then is left is not explained by any figure.
import type { ResourceSample } from "../../model/resources.ts";

/** Shares of own time, 0…1; what they lack to 1 is unexplained. */
export type OwnShares = {
  readonly cpu: number;
  readonly runQueue: number;
  readonly throttled: number;
  readonly storage: number;
  readonly memory: number;
};

/** of the busiest task, of all that ran and waited for a CPU: a program that is an event loop */
const LOOP_SHARE = 0.8;
const MOST_BUSY = 0.99;

/**
 * @param used what each counter rose by
 * @param ownS request-seconds in those `seconds`
 */
export function ownShares(used: ResourceSample, ownS: number, seconds: number): OwnShares {
  if (!(ownS > 0) || !(seconds > 0)) return { cpu: 0, runQueue: 0, throttled: 0, storage: 0, memory: 0 };
  const s = (us: number | undefined) => (us ?? 0) / 1e6;
  const inFlight = Math.max(1, ownS / seconds);
  const ran = s(used.cpuUs);
  const throttledS = s(used.throttledUs);
  // a task that is throttled waits for a CPU, so its delay holds the throttling already
  const waited = Math.max(s(used.runDelayUs), throttledS);
  const mainS = s(used.mainCpuUs) + s(used.mainDelayUs);
  const isLoop = mainS >= LOOP_SHARE * (ran + s(used.runDelayUs)) && mainS > 0;
  const stretch = isLoop ? Math.min(inFlight, 1 / (1 - Math.min(MOST_BUSY, mainS / seconds))) : 1;
  const stalled = (some: number, full: number) => full * inFlight + Math.max(0, some - full);
  const memory = stalled(s(used.memorySomeUs), s(used.memoryFullUs));
  // pages that come back from storage are memory's fault, and stand in both
  const fromPressure = Math.max(0, stalled(s(used.ioSomeUs), s(used.ioFullUs)) - memory);
  const storage = used.ioDelayUs === undefined ? fromPressure : s(used.ioDelayUs);

  const found = {
    cpu: ran * stretch,
    runQueue: (waited - throttledS) * stretch,
    throttled: throttledS * stretch,
    storage,
    memory,
  };
  const sum = Object.values(found).reduce((total, value) => total + value, 0);
  // work that is no request's, such as collecting garbage, cannot take more time than there is
  const scale = 1 / Math.max(ownS, sum);
  return {
    cpu: found.cpu * scale,
    runQueue: found.runQueue * scale,
    throttled: found.throttled * scale,
    storage: found.storage * scale,
    memory: found.memory * scale,
  };
}

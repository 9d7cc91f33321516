// Looks which ports listen: often while something is coming up, else now and then, and at once when a worker met a refusal.
import type { Clock, Timer } from "../../base/clock.ts";
import { type Attached, isComingUp, lookAgain } from "./workloads.ts";

const FAST_MS = 100;
const SLOW_MS = 1000;
/** how long after its start a workload that listens nowhere is looked at often */
const PATIENCE_MS = 60_000;

export type Watch = {
  /** looks at one workload now, and soon again at all */
  look(key: number): void;
};

export type WatchDeps = {
  readonly clock: Clock;
  readonly workloads: ReadonlyMap<number, Attached>;
  readonly onChange: (workload: Attached) => void;
};

export function watchPorts({ clock, workloads, onChange }: WatchDeps): Watch {
  let timer: Timer;

  const lookAt = (workload: Attached) => {
    if (lookAgain(workload)) onChange(workload);
  };

  const plan = () => {
    const now = clock.monotonicMs();
    const isBusy = [...workloads.values()].some(
      (workload) => workload.status?.health === "starting" || isComingUp(workload, now, PATIENCE_MS),
    );
    timer = clock.after(isBusy ? FAST_MS : SLOW_MS, () => {
      for (const workload of workloads.values()) lookAt(workload);
      plan();
    });
  };
  plan();

  return {
    look(key) {
      const workload = workloads.get(key);
      if (workload) lookAt(workload);
      timer.cancel();
      plan();
    },
  };
}

// Starts a child, and starts it again when it dies: at once the first time, then ever later while it keeps dying young.
import type { Clock } from "../base/clock.ts";
import type { Channel } from "./channel.ts";
import type { Spawned } from "./spawn.ts";

const FIRST_DELAY_MS = 20;
const MAX_DELAY_MS = 5000;
/** a child that lived this long was well */
const WELL_AFTER_MS = 10_000;

export type KeptChild<In, Out> = {
  readonly start: () => Spawned<In, Out>;
  /** set up its channel; called after each start */
  readonly onStart: (channel: Channel<In, Out>, pid: number) => void;
  /** it died; it will be started again */
  readonly onDeath: (how: string) => void;
};

export type Kept = {
  /** its process id now; undefined while it is down */
  pid(): number | undefined;
  /** it may end and is not started again; resolves when it has ended */
  retire(): Promise<void>;
  /** ends it for good */
  stop(): void;
};

/** @param running a child that runs already and whose channel is set up: only its successors are started */
export function keepRunning<In, Out>(clock: Clock, child: KeptChild<In, Out>, running?: Spawned<In, Out>): Kept {
  let current: Bun.Subprocess | undefined;
  let isRetired = false;
  let delay = FIRST_DELAY_MS;

  const watch = ({ process, channel }: Spawned<In, Out>) => {
    const startedAt = clock.monotonicMs();
    current = process;
    process.exited
      .then(() => {
        current = undefined;
        channel.close();
        if (isRetired) return;
        child.onDeath(howEnded(process));
        delay = clock.monotonicMs() - startedAt > WELL_AFTER_MS ? FIRST_DELAY_MS : Math.min(delay * 2, MAX_DELAY_MS);
        clock.after(delay, start);
      })
      .catch(() => {});
    // a child that lost its channel but lives on is of no use; one that may end does so by itself
    channel.onClose(() => {
      if (!isRetired) process.kill("SIGKILL");
    });
  };

  const start = () => {
    if (isRetired) return;
    const spawned = child.start();
    child.onStart(spawned.channel, spawned.process.pid);
    watch(spawned);
  };

  if (running) watch(running);
  else start();
  return {
    pid: () => current?.pid,
    async retire() {
      isRetired = true;
      await current?.exited;
    },
    stop() {
      isRetired = true;
      current?.kill("SIGKILL");
    },
  };
}

export function howEnded(process: Bun.Subprocess): string {
  return process.signalCode ? `killed by ${process.signalCode}` : `exit code ${process.exitCode}`;
}

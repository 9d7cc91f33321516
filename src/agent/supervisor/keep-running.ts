// Starts a child, and starts it again when it dies: at once the first time, then ever later while it keeps dying young.
import type { Clock } from "../../base/clock.ts";
import type { Channel } from "../../sys/channel.ts";
import type { Spawned } from "../../sys/spawn.ts";

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

/** Returns its process id now, undefined while it is down, and a way to end it for good. */
export function keepRunning<In, Out>(
  clock: Clock,
  child: KeptChild<In, Out>,
): { pid(): number | undefined; stop(): void } {
  let running: Bun.Subprocess | undefined;
  let isStopped = false;
  let delay = FIRST_DELAY_MS;

  const start = () => {
    if (isStopped) return;
    const startedAt = clock.monotonicMs();
    const { process, channel } = child.start();
    running = process;
    child.onStart(channel, process.pid);
    process.exited
      .then(() => {
        running = undefined;
        channel.close();
        if (isStopped) return;
        child.onDeath(process.signalCode ? `killed by ${process.signalCode}` : `exit code ${process.exitCode}`);
        delay = clock.monotonicMs() - startedAt > WELL_AFTER_MS ? FIRST_DELAY_MS : Math.min(delay * 2, MAX_DELAY_MS);
        clock.after(delay, start);
      })
      .catch(() => {});
    // a child that lost its channel but lives on is of no use
    channel.onClose(() => process.kill("SIGKILL"));
  };
  start();
  return {
    pid: () => running?.pid,
    stop() {
      isStopped = true;
      running?.kill("SIGKILL");
    },
  };
}

// Starts the sandbox, which holds the runner, the agent and every workload, and starts it again when it ends by itself.
import { closeSync } from "node:fs";
import type { Clock, Timer } from "../../base/clock.ts";
import type { HostToRunner, RunnerToHost } from "../../model/messages.ts";
import { type Spawned, spawnProcess } from "../../sys/spawn.ts";
import { restartBackoff } from "./backoff.ts";
import { howEnded, openOutput } from "./output-file.ts";

export type SandboxOptions = {
  readonly clock: Clock;
  /** what stands before the runner's argv: the programs that make the namespaces */
  readonly prefix: () => readonly string[];
  /** absolute path of the TypeScript file to run inside */
  readonly main: string;
  readonly args: () => readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** takes what the sandbox prints, which is little: it is for crashes */
  readonly outputFile: string;
  /** a new sandbox runs and knows nothing yet */
  readonly onStart: () => void;
  readonly onMessage: (message: RunnerToHost) => void;
  /** it ended although it should not; it will be started again in `againMs` */
  readonly onEnd: (how: string, failures: number, againMs: number) => void;
};

export type Sandbox = {
  readonly pid: number | undefined;
  send(message: HostToRunner, fds?: readonly number[]): void;
  /** it is about to end and shall not come back; resolves when it has ended */
  ended(): Promise<void>;
  /** everything in it at once; the kernel does it */
  kill(): void;
};

export function startSandbox(options: SandboxOptions): Sandbox {
  const { clock } = options;
  const backoff = restartBackoff(clock);
  const gone = Promise.withResolvers<void>();
  let current: Spawned<RunnerToHost, HostToRunner> | undefined;
  let again: Timer | undefined;
  let isEnding = false;

  const start = () => {
    again = undefined;
    try {
      current = spawn(options);
    } catch (error) {
      restart(error instanceof Error ? error.message : String(error));
      return;
    }
    const { process, channel } = current;
    backoff.begun();
    channel.onMessage(options.onMessage);
    // the runner exits when its channel closes, and the other way round: one is not left without the other
    channel.onClose(() => process.kill("SIGKILL"));
    void process.exited.then(() => {
      channel.close();
      current = undefined;
      restart(howEnded(process, options.outputFile));
    });
    options.onStart();
  };

  const restart = (reason: string) => {
    if (isEnding) return gone.resolve();
    const againMs = backoff.next();
    again = clock.after(againMs, start);
    options.onEnd(reason, backoff.failures, againMs);
  };

  start();
  return {
    get pid() {
      return current?.process.pid;
    },
    send: (message, fds) => current?.channel.send(message, fds),
    ended() {
      isEnding = true;
      again?.cancel();
      if (!current) gone.resolve();
      return gone.promise;
    },
    kill: () => current?.process.kill("SIGKILL"),
  };
}

function spawn(options: SandboxOptions): Spawned<RunnerToHost, HostToRunner> {
  const output = openOutput(options.outputFile);
  try {
    const { main, args, environment } = options;
    return spawnProcess(main, args(), { prefix: options.prefix(), environment, output });
  } finally {
    closeSync(output);
  }
}

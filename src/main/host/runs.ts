// The commands of `meshwise run` that are under way: who gets their output, and what happens when nobody wants it any more.
import type { RunBody, RunEvent } from "../../api/host-types.ts";
import type { Clock } from "../../base/clock.ts";
import type { HostToRunner, RunnerToHost } from "../../model/messages.ts";

export type Runs = {
  /** ends with an `exit` event; when `signal` aborts, the command is hung up on and then killed */
  start(body: RunBody, emit: (event: RunEvent) => void, signal: AbortSignal): Promise<void>;
  /** false: there is no such run (any more) */
  input(id: number, bytes: Uint8Array): boolean;
  endInput(id: number): boolean;
  signal(id: number, name: string): boolean;
  take(message: Extract<RunnerToHost, { type: "runOutput" | "runExit" }>): void;
  /** the sandbox is gone, and every run with it */
  endAll(reason: string): void;
};

const KILL_AFTER_MS = 3_000;
/** what shells give a command that could not be run to its end */
const LOST = 125;

export function runs(clock: Clock, send: (message: HostToRunner) => void): Runs {
  type Run = { readonly emit: (event: RunEvent) => void; readonly end: () => void };
  const open = new Map<number, Run>();
  let lastId = 0;

  const finish = (id: number, event: Extract<RunEvent, { type: "exit" }>) => {
    const run = open.get(id);
    open.delete(id);
    run?.emit(event);
    run?.end();
  };

  return {
    async start(body, emit, signal) {
      const id = ++lastId;
      const { promise, resolve } = Promise.withResolvers<void>();
      open.set(id, { emit, end: resolve });
      const { command, workingDirectory, environment } = body;
      emit({ type: "started", id });
      send({ type: "run", request: { id, command, workingDirectory, environment } });
      const hangUp = () => {
        send({ type: "runSignal", id, signal: "SIGHUP" });
        clock.after(KILL_AFTER_MS, () => {
          if (open.has(id)) send({ type: "runSignal", id, signal: "SIGKILL" });
        });
      };
      signal.addEventListener("abort", hangUp, { once: true });
      await promise;
      signal.removeEventListener("abort", hangUp);
    },
    input(id, bytes) {
      // an empty message means the end of input
      if (open.has(id) && bytes.length > 0) {
        send({
          type: "runInput",
          id,
          data: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64"),
        });
      }
      return open.has(id);
    },
    endInput(id) {
      if (open.has(id)) send({ type: "runInput", id, data: "" });
      return open.has(id);
    },
    signal(id, name) {
      if (open.has(id)) send({ type: "runSignal", id, signal: name.startsWith("SIG") ? name : `SIG${name}` });
      return open.has(id);
    },
    take(message) {
      if (message.type === "runOutput") open.get(message.id)?.emit({ type: message.stream, data: message.data });
      else
        finish(message.id, {
          type: "exit",
          exitCode: message.exitCode,
          ...(message.reason !== undefined && { reason: message.reason }),
        });
    },
    endAll(reason) {
      for (const id of [...open.keys()]) finish(id, { type: "exit", exitCode: LOST, reason });
    },
  };
}

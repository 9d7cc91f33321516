// Upgrades of the agent on their way to the runner and back, one at a time.
import type { UpgradeEvent } from "../../api/host-types.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { AgentProgram, Upgraded, UpgradeRequest } from "../../model/agent.ts";
import type { HostToRunner, RunnerToHost } from "../../model/messages.ts";

export type Upgrades = {
  /** ends after it emitted `done` or `error` */
  start(request: UpgradeRequest, emit: (event: UpgradeEvent) => void): Promise<void>;
  take(message: Extract<RunnerToHost, { type: "upgrading" | "upgraded" }>): void;
  /** nobody will answer any more */
  lost(reason: string): void;
  /** of the agent, once it was upgraded: another sandbox begins with it */
  readonly program: AgentProgram | undefined;
};

export type UpgradesDeps = {
  readonly send: (message: HostToRunner) => void;
  /** for the log of the mesh */
  readonly say: (text: string) => void;
};

export function upgrades({ send, say }: UpgradesDeps): Upgrades {
  let underWay: { readonly emit: (event: UpgradeEvent) => void; readonly end: () => void } | undefined;
  let program: AgentProgram | undefined;

  const finish = (event: UpgradeEvent) => {
    underWay?.emit(event);
    underWay?.end();
    underWay = undefined;
  };
  const fail = (error: MeshError) => {
    say(error.sentence);
    finish({ type: "error", code: error.code, text: error.sentence });
  };

  return {
    get program() {
      return program;
    },
    start(request, emit) {
      if (underWay) {
        const { code, sentence } = new MeshError("upgrade_busy", "one at a time");
        emit({ type: "error", code, text: sentence });
        return Promise.resolve();
      }
      const { promise, resolve } = Promise.withResolvers<void>();
      underWay = { emit, end: resolve };
      emit({ type: "progress", text: `starting ${request.program.main}` });
      send({ type: "upgrade", request });
      return promise;
    },
    take(message) {
      if (message.type === "upgrading") return underWay?.emit({ type: "progress", text: message.text });
      const { outcome } = message;
      if (!outcome.ok) return fail(new MeshError(outcome.code, outcome.detail));
      program = outcome.program;
      const { upgraded } = outcome;
      say(doneText(upgraded));
      finish({ type: "done", text: doneText(upgraded), upgraded });
    },
    lost(reason) {
      if (underWay) fail(new MeshError("upgrade_failed", reason));
    },
  };
}

function doneText({ from, to, readyMs, drainMs, cut }: Upgraded): string {
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  const lost = cut === 0 ? "no connection was cut" : `${cut} connection${cut === 1 ? " was" : "s were"} cut`;
  return `the agent is ${to} now, ready after ${seconds(readyMs)}; ${from} ended ${seconds(drainMs)} later, ${lost}`;
}

// Brings the running project to what its Compose file says now, and tells the one who asked what is being waited for
// until everything is there or cannot be.
import { dirname } from "node:path";
import type { ApplyEvent, ApplyRequest } from "../../api/host-types.ts";
import { asMeshError, MeshError } from "../../base/errors/index.ts";
import { readCompose } from "../../control/compose/read.ts";
import type { Gathered } from "../../control/gateway/gather.ts";
import { shortcomings } from "../../control/gateway/shortcomings.ts";
import type { HostToRunner, RunnerToHost } from "../../model/messages.ts";
import type { Project } from "../../model/project.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { StateDirectory } from "../../model/state-directory.ts";
import type { WorkloadStatus } from "../../model/workload.ts";
import { type Configuring, configure } from "./configure.ts";
import { awaited, failure, type Logs } from "./progress.ts";

export type Desired = { readonly composeFile: string; readonly project: Project; readonly config: MeshConfig };

export type ApplyDeps = Configuring & {
  /** the project's objects; from here on their files are watched */
  readonly objectsOf: (project: Project) => Gathered;
  readonly send: (message: HostToRunner) => void;
  readonly workloads: () => readonly WorkloadStatus[];
};

export type Applier = {
  /** what was applied last */
  readonly desired: Desired | undefined;
  /** one after the other; ends after it emitted `done` or `error` */
  apply(request: ApplyRequest, emit: Emit): Promise<void>;
  /** one change of what is desired at a time; what then is awaited does not keep the next one waiting */
  inTurn<Result>(step: () => Promise<Result>): Promise<Result>;
  /** the project as it is has another config now */
  reconfigured(config: MeshConfig): void;
  settled(message: Extract<RunnerToHost, { type: "settled" }>): void;
  /** something happened meanwhile that whoever waits should know */
  note(event: Extract<ApplyEvent, { type: "progress" | "warning" }>): void;
  /** what is waited for will not come */
  giveUp(error: MeshError): void;
  /** the same, and nothing will be applied any more */
  close(error: MeshError): void;
};

export type Emit = (event: ApplyEvent) => void;

const TELL_EVERY_MS = 1000;

export function applier(deps: ApplyDeps): Applier {
  const { clock, state } = deps;
  let desired: Desired | undefined;
  let closed: MeshError | undefined;
  let last: Promise<void> = Promise.resolve();
  let wait:
    | { readonly version: number; readonly emit: Emit; readonly end: (result: readonly string[] | MeshError) => void }
    | undefined;

  /** everything that can fail comes before anything is changed */
  const change = (request: ApplyRequest, emit: Emit): Desired => {
    const { project, warnings } = readCompose(request.composeFile, request.environment);
    for (const text of warnings) emit({ type: "warning", text });
    checkSameProject(desired?.project, project, state);
    const gathered = deps.objectsOf(project);
    for (const text of gathered.warnings) emit({ type: "warning", text });
    const configured = configure(deps, project, gathered.objects);
    configured.commit();
    for (const text of deps.board.list().flatMap(shortcomings)) emit({ type: "warning", text });
    return { composeFile: request.composeFile, project, config: configured.config };
  };

  const settle = (version: number, emit: Emit, logs: Logs): Promise<readonly string[]> => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly string[]>();
    wait = { version, emit, end: (result) => (result instanceof MeshError ? reject(result) : resolve(result)) };
    const telling = clock.every(TELL_EVERY_MS, () => emit({ type: "progress", text: awaited(deps.workloads(), logs) }));
    return promise.finally(() => {
      telling.cancel();
      wait = undefined;
    });
  };

  const applyOne = async (request: ApplyRequest, emit: Emit): Promise<void> => {
    const startMs = clock.monotonicMs();
    const logs = { directory: state.logs, sinceUs: clock.nowUs() };
    try {
      const { project, settled } = await inTurn(async () => {
        if (closed) throw closed;
        desired = change(request, emit);
        const { project, config } = desired;
        const settled = settle(config.version, emit, logs);
        settled.catch(() => {}); // awaited below, a moment later
        deps.send({ type: "desired", project, config });
        return { project, settled };
      });
      const failed = await settled;
      if (failed.length > 0) throw new MeshError("workloads_failed", failure(failed, deps.workloads(), logs));
      emit({ type: "done", text: doneText(project, clock.monotonicMs() - startMs) });
    } catch (thrown) {
      const error = asMeshError(thrown, "host_failed");
      emit({ type: "error", code: error.code, text: error.sentence });
    }
  };

  let changing: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(step: () => Promise<Result>): Promise<Result> => {
    const result = changing.then(step);
    changing = result.catch(() => {});
    return result;
  };

  return {
    get desired() {
      return desired;
    },
    apply(request, emit) {
      last = last.then(() => applyOne(request, emit));
      return last;
    },
    inTurn,
    reconfigured(config) {
      if (desired) desired = { ...desired, config };
    },
    settled({ version, failed }) {
      if (wait && version >= wait.version) wait.end(failed);
    },
    note: (event) => wait?.emit(event),
    giveUp: (error) => wait?.end(error),
    close(error) {
      closed = error;
      wait?.end(error);
    },
  };
}

function checkSameProject(running: Project | undefined, wanted: Project, state: StateDirectory): void {
  if (running && running.directory !== wanted.directory) {
    throw new MeshError("project_elsewhere", `${wanted.name} runs from ${running.directory}`);
  }
  // one state directory, one project: its folder has the project's name
  if (state.root !== `${dirname(state.root)}/${wanted.name}`) {
    throw new MeshError("project_elsewhere", `${wanted.name} is not the project of ${state.root}`);
  }
}

function doneText(project: Project, ms: number): string {
  const services = project.services.length;
  const workloads = project.services.reduce((sum, service) => sum + service.replicas, 0);
  const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;
  const are = workloads === 1 ? "is" : "are";
  return `${count(workloads, "workload")} of ${count(services, "service")} ${are} up (${(ms / 1000).toFixed(1)} s)`;
}

// The orderly end of a sandbox: the runner stops its workloads in the reverse order of their dependencies, we say what is
// still there, and a runner that does not get to an end is not waited for without limit.
import type { Clock } from "../../base/clock.ts";
import type { Project } from "../../model/project.ts";
import type { WorkloadStatus } from "../../model/workload.ts";
import type { Emit } from "./apply.ts";
import type { Sandbox } from "./sandbox.ts";

export type StoppingDeps = {
  readonly clock: Clock;
  readonly sandbox: Sandbox;
  readonly project: Project | undefined;
  readonly workloads: () => readonly WorkloadStatus[];
  readonly emit: Emit;
};

const TELL_EVERY_MS = 1000;
/** beyond what the services ask for themselves: drains, the supervisor, the runner's own end */
const SPARE_MS = 20_000;

export async function stopping({ clock, sandbox, project, workloads, emit }: StoppingDeps): Promise<void> {
  const telling = clock.every(TELL_EVERY_MS, () => {
    const live = workloads().filter(({ state }) => state !== "exited" && state !== "failed");
    emit({ type: "progress", text: `stopping ${live.map(({ id }) => id).join(", ") || "the mesh"}` });
  });
  const late = clock.after(limitMs(project), () => sandbox.kill());
  const ended = sandbox.ended();
  if (project) sandbox.send({ type: "down" });
  else sandbox.kill();
  await ended;
  telling.cancel();
  late.cancel();
}

/** services that depend on each other stop one after the other; at worst all of them do */
function limitMs(project: Project | undefined): number {
  const graces = (project?.services ?? []).map((service) => service.stopGraceMs);
  return SPARE_MS + graces.reduce((sum, grace) => sum + grace, 0);
}

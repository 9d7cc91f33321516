// What the runner cannot be told over its channel because it needs it before.
import type { AgentProgram } from "../../model/agent.ts";
import type { StateDirectory } from "../../model/state-directory.ts";
import type { Cgroups } from "../../platform/cgroup/cgroups.ts";

export function runnerArguments(
  state: StateDirectory,
  cgroups: Cgroups,
  agent: AgentProgram | undefined,
): readonly string[] {
  const own = ["--state", state.root, "--cgroups", JSON.stringify(cgroups)];
  return agent ? [...own, "--agent", JSON.stringify(agent)] : own;
}

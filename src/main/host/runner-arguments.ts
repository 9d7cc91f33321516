// What the runner cannot be told over its channel because it needs it before.
import type { StateDirectory } from "../../model/state-directory.ts";
import type { Cgroups } from "../../platform/cgroup/cgroups.ts";

export function runnerArguments(state: StateDirectory, cgroups: Cgroups): readonly string[] {
  return ["--state", state.root, "--cgroups", JSON.stringify(cgroups)];
}

// Which checks there are, in the order in which one needs the other.
import type { Context } from "../context.ts";
import type { ProjectOptions } from "../options.ts";
import { runningProject } from "../project.ts";
import { captureChecks } from "./capture.ts";
import { composeChecks } from "./compose.ts";
import { kernelChecks } from "./kernel.ts";
import { limitChecks } from "./limits.ts";
import { thisMachine } from "./machine.ts";
import { programChecks } from "./programs.ts";
import { projectChecks } from "./project.ts";
import { signalChecks } from "./signals.ts";
import { storageChecks } from "./storage.ts";
import type { Group } from "./types.ts";

export async function machineGroups(context: Context, options: ProjectOptions): Promise<readonly Group[]> {
  const machine = thisMachine(context.environment);
  const compose = await composeChecks(context, options);
  return [
    kernelChecks(machine),
    programChecks(machine),
    captureChecks(machine),
    limitChecks(machine),
    signalChecks(machine),
    storageChecks(context),
    ...(compose ? [compose] : []),
  ];
}

export async function projectGroups(context: Context, options: ProjectOptions): Promise<readonly Group[]> {
  return projectChecks(context, await runningProject(context, options));
}

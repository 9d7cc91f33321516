// Which project a command is about: by name (-p), else by its Compose file (-f, or the next one upwards).
// A running project is found by asking the hosts that listen in the state directory, so that `down` and `logs` work
// also while the Compose file has a mistake in it.
import { existsSync, readdirSync, realpathSync } from "node:fs";
import { resolve } from "node:path";
import type { HostState } from "../api/host-types.ts";
import { MeshError } from "../base/errors/index.ts";
import { findComposeFile } from "../control/compose/find.ts";
import { stateDirectory, stateHome } from "../model/state-directory.ts";
import { type HostClient, hostClient, stateIfRunning } from "./client/host.ts";
import type { Context } from "./context.ts";
import type { ProjectOptions } from "./options.ts";

export type Running = { readonly client: HostClient; readonly state: HostState };

/** The running project that is meant, or an error that says how to get one. */
export async function runningProject(context: Context, options: ProjectOptions): Promise<Running> {
  const found = await findRunning(context, options);
  if (found) return found;
  throw new MeshError("project_not_running", projectName(context, options) ?? composeFile(context, options));
}

/** The same, undefined when it does not run. */
export async function findRunning(context: Context, options: ProjectOptions): Promise<Running | undefined> {
  const name = projectName(context, options);
  if (name !== undefined) return ask(context, name);
  const file = composeFile(context, options);
  const all = await runningProjects(context);
  const matching = all.filter(({ state }) => canonical(state.composeFile) === canonical(file));
  if (matching.length < 2) return matching[0];
  throw new MeshError("project_ambiguous", `${file} (${matching.map(({ state }) => state.project).join(", ")})`);
}

/** Absolute path of the Compose file that is meant. */
export function composeFile(context: Context, options: ProjectOptions): string {
  return options.file === undefined
    ? findComposeFile(context.directory, context.environment)
    : resolve(context.directory, options.file);
}

/** The user's environment as the project is to see it: -p is Compose's own variable. */
export function projectEnvironment(context: Context, options: ProjectOptions): Record<string, string> {
  const given = Object.entries(context.environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    ...Object.fromEntries(given),
    ...(options.project !== undefined && { COMPOSE_PROJECT_NAME: options.project }),
  };
}

/** Every project of this user that runs on this machine. */
export async function runningProjects(context: Context): Promise<Running[]> {
  const home = stateHome(context.environment);
  const names = existsSync(home) ? readdirSync(home) : [];
  // One that hangs must not hide the others.
  const asked = await Promise.all(names.map((name) => ask(context, name).catch(() => undefined)));
  return asked.filter((running) => running !== undefined);
}

/** As given by -p, else by the environment; undefined leaves it to the Compose file. */
function projectName(context: Context, options: ProjectOptions): string | undefined {
  return options.project ?? (options.file === undefined ? context.environment.COMPOSE_PROJECT_NAME : undefined);
}

async function ask(context: Context, name: string): Promise<Running | undefined> {
  const client = hostClient(stateDirectory(name, context.environment).hostSocket, context.clock);
  const state = await stateIfRunning(client);
  return state && { client, state };
}

function canonical(file: string): string {
  return existsSync(file) ? realpathSync(file) : file;
}

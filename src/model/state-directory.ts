// Where a project keeps everything that outlives a process: logs, the store, sockets. Nothing of ours is written elsewhere.
import { homedir } from "node:os";
import { join } from "node:path";

export type StateDirectory = {
  readonly root: string;
  /** HTTP over a unix socket: what the CLI asks the running project */
  readonly hostSocket: string;
  /** HTTP over a unix socket: where agents send telemetry */
  readonly ingestSocket: string;
  /** held with flock(2) by the running host process */
  readonly lock: string;
  /** JSON: pid, API address, Compose file */
  readonly hostFile: string;
  readonly logs: string;
  readonly store: string;
};

/** $MESHWISE_STATE_DIR, else $XDG_STATE_HOME/meshwise, else ~/.local/state/meshwise; one folder per project. */
export function stateDirectory(
  project: string,
  environment: Readonly<Record<string, string | undefined>>,
): StateDirectory {
  const root = join(stateHome(environment), project);
  return {
    root,
    hostSocket: join(root, "host.sock"),
    ingestSocket: join(root, "ingest.sock"),
    lock: join(root, "lock"),
    hostFile: join(root, "host.json"),
    logs: join(root, "logs"),
    store: join(root, "store"),
  };
}

export function stateHome(environment: Readonly<Record<string, string | undefined>>): string {
  if (environment.MESHWISE_STATE_DIR) return environment.MESHWISE_STATE_DIR;
  return join(environment.XDG_STATE_HOME || join(homedir(), ".local", "state"), "meshwise");
}

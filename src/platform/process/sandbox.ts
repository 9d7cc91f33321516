// The sandbox: namespaces that hold the runner, the agent and every workload of one project. When its first process ends,
// the kernel ends everything in it; and it ends with the host process, however that ends.
import { realpathSync } from "node:fs";
import { join } from "node:path";

export type SandboxOptions = {
  /** not root: everything lives inside a user namespace of its own */
  readonly rootless: boolean;
  /** directories of the host that must stay reachable although the sandbox has a /run of its own; they must exist */
  readonly keep: readonly string[];
};

/** directory of the shell stages */
export const STAGES = join(import.meta.dirname, "stage");

/**
 * What stands in front of a program's argv to run it as the first program of a new sandbox. Descriptors 3 and 4 (its channel) pass
 * through. Must be spawned from a thread that lives as long as the host: the parent's death is noticed per thread.
 */
export function sandboxPrefix({ rootless, keep }: SandboxOptions): string[] {
  const kept = keep.map((directory) => realpathSync(directory)).filter((directory) => directory.startsWith("/run/"));
  return [
    // the host dies → unshare dies → PID 1 of the sandbox dies → everything in it dies
    ...["setpriv", "--pdeathsig", "KILL", "--", "unshare"],
    ...(rootless ? ["--user", "--map-root-user"] : []),
    ...[
      "--net",
      "--mount",
      "--propagation",
      "private",
      "--pid",
      "--ipc",
      "--fork",
      "--kill-child=KILL",
      "--mount-proc",
    ],
    // a session of its own: the terminal's Ctrl-C is for the one who decides what it means
    ...["setsid", "sh", join(STAGES, "sandbox.sh"), ...new Set(kept), "--"],
  ];
}

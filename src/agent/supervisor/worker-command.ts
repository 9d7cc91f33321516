// How a worker is started so that it ends without privileges. It needs its code, which may lie where only we can read
// (a checkout under /root), so it loads first and gives up its user afterwards, before it reads a stranger's byte.
//
// As root: it keeps setuid and setgid, and nothing else, just for that. Without root there is only one user to be, so it
// gets a user namespace of its own, with process ids of its own: it cannot see, signal or trace any other process of ours.
// Both ways it has an empty network namespace: all it can use are the sockets it is given.
import { readFileSync } from "node:fs";

export type WorkerCommand = {
  readonly prefix: readonly string[];
  /** user and group to become after loading; undefined: it is nobody from the start */
  readonly becomes?: number;
};

const NOBODY = 65_534;

/** Of the engine. While it collects garbage beside the program, its threads take the core that requests wait for, where the
 *  workers are as many as the cores: what a hop adds at p99 was 1.3 to 2.7 times as much. */
export const WORKER_ENGINE = { BUN_JSC_useConcurrentGC: "0" };

export function workerCommand(uidMap = readFileSync("/proc/self/uid_map", "utf8")): WorkerCommand {
  const plain = ["--no-new-privs", "--inh-caps=-all", "--ambient-caps=-all"];
  if (hasUser(uidMap, NOBODY)) {
    return {
      prefix: ["unshare", "--net", "--ipc", "setpriv", ...plain, "--bounding-set=-all,+setuid,+setgid"],
      becomes: NOBODY,
    };
  }
  const user = ["--user", `--map-user=${NOBODY}`, `--map-group=${NOBODY}`, "--keep-caps"];
  const own = ["--net", "--ipc", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
  return { prefix: ["unshare", ...user, ...own, "setpriv", ...plain, "--bounding-set=-all"] };
}

/** @param uidMap of user_namespaces(7): first id inside, first outside, how many; by line */
function hasUser(uidMap: string, id: number): boolean {
  return uidMap.split("\n").some((line) => {
    const [first, , count] = line.trim().split(/\s+/).map(Number);
    return first !== undefined && count !== undefined && first <= id && id < first + count;
  });
}

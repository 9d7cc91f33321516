// Runs one command as a workload: in its network namespace, with mounts, processes, IPC, host name and cgroup view of its
// own, and an inner user namespace without any power. The shell stages say how; this file starts them and follows.
import { closeSync, openSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DNS_ADDRESS } from "../../model/address.ts";
import type { AddressPair } from "../../model/workload.ts";
import { closeFd } from "../../sys/libc.ts";
import { makePipe, readPipe } from "../../sys/pipe.ts";
import { type Command, commandText } from "./command-text.ts";
import type { Credentials } from "./credentials.ts";
import { childrenOf } from "./processes.ts";
import { STAGES } from "./sandbox.ts";

export type Place = {
  readonly rootless: boolean;
  /** a directory that no workload sees, for a moment's files */
  readonly scratch: string;
  /** hidden from every workload: the state of all projects */
  readonly stateHome: string;
  /** the project's folder */
  readonly directory: string;
};

export type Launch = {
  /** host name of the workload */
  readonly id: string;
  /** the project, for the search list of names */
  readonly namespace: string;
  readonly address: AddressPair;
  /** path of its network namespace */
  readonly netns: string;
  readonly user: Credentials;
  readonly command: Command;
  /** cgroup.procs files of the groups to join */
  readonly cgroups: readonly string[];
  /** passed on to the command besides the usual ones */
  readonly stopSignal: string;
  readonly wantsInput: boolean;
  readonly onOutput: (stream: "stdout" | "stderr", bytes: Uint8Array) => void;
};

export type Running = {
  /** PID 1 of the workload's namespace, as seen here; or why its command could not be run */
  readonly started: Promise<{ readonly pid: number } | { readonly failed: string; readonly exitCode: number }>;
  /** the exit code, 128 + n after signal n; when everything of it is gone and its output has been read */
  readonly exited: Promise<number>;
  /** to the command; nothing happens when it has ended, or ignores it */
  signal(name: string): void;
  /** ends all of the workload's processes at once */
  kill(): void;
  /** descriptor of its input, ours to close; only with `wantsInput` */
  readonly input?: number;
};

/** signals that PID 1 passes on; others would do nothing, or are not for others to send */
const FORWARDED = ["HUP", "INT", "QUIT", "USR1", "USR2", "ALRM", "TERM", "CONT", "WINCH"];
const KILLED = 128 + 9;
const STAGE_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
const ENTER = join(STAGES, "enter.sh");

export function launch(place: Place, job: Launch): Running {
  const report = makePipe("read");
  const stdout = makePipe("read");
  const stderr = makePipe("read");
  const input = job.wantsInput ? makePipe("write") : undefined;
  const text = openText(place.scratch, job.id, commandText(job.command));

  const child = Bun.spawn(["sh", ENTER, job.netns, STAGES, ...job.cgroups], {
    stdio: [input?.read ?? "ignore", stdout.write, stderr.write, report.write, text],
    env: stageEnvironment(place, job),
    cwd: "/",
  });
  for (const fd of [stdout.write, stderr.write, report.write]) closeFd(fd);
  if (input) closeFd(input.read);
  closeSync(text);

  let init: number | undefined;
  let isOver = false; // its pids may be others' from then on
  let wasKilled = false;
  child.exited.finally(() => {
    isOver = true;
  });
  const firstProcess = () => {
    if (isOver) return undefined;
    init ??= childrenOf(child.pid)[0];
    return init;
  };
  const output = Promise.all([
    readPipe(stdout.read, (bytes) => job.onOutput("stdout", bytes)),
    readPipe(stderr.read, (bytes) => job.onOutput("stderr", bytes)),
  ]);

  return {
    started: readReport(report.read).then((said) => {
      if (said !== "started") return failure(said);
      // it may have ended before we could look
      return { pid: firstProcess() ?? child.pid };
    }),
    exited: child.exited.then(async (code) => {
      await output;
      // unshare stumbles over a child that ended so, and says 1
      return wasKilled ? KILLED : code;
    }),
    signal(name) {
      const pid = firstProcess();
      if (pid !== undefined) sendSignal(pid, name);
    },
    kill() {
      // of PID 1: the kernel then ends its namespace, and only when all are gone does `unshare` see it end
      if (isOver) return;
      wasKilled = true;
      sendSignal(firstProcess() ?? child.pid, "SIGKILL");
    },
    ...(input && { input: input.write }),
  };
}

function stageEnvironment(
  place: Place,
  { id, namespace, address, user, stopSignal, cgroups }: Launch,
): Record<string, string> {
  const signals = new Set([...FORWARDED, stopSignal.replace(/^SIG/, "")]);
  signals.delete("KILL");
  return {
    ...userEnvironment(place, user),
    MW_ID: id,
    MW_OWN_CGROUP: cgroups.length > 0 ? "1" : "",
    MW_HIDE: place.stateHome,
    MW_KEEP: place.directory.startsWith("/run/") ? place.directory : "",
    MW_RESOLV: `nameserver ${DNS_ADDRESS.v4}\nnameserver ${DNS_ADDRESS.v6}\nsearch ${namespace}.svc.cluster.local\noptions timeout:1 attempts:5\n`,
    MW_HOSTS: `127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n${address.v4} ${id}\n${address.v6} ${id}\n`,
    MW_NSSWITCH:
      "passwd: files\ngroup: files\nshadow: files\nhosts: files dns\nnetworks: files\nprotocols: files\nservices: files\n",
    MW_SIGNALS: [...signals].join(" "),
  };
}

/** What the stages must know of the user that a command shall run as. */
export function userEnvironment({ rootless }: Place, user: Credentials): Record<string, string> {
  const own = rootless ? { uid: 0, gid: 0 } : user;
  return {
    PATH: STAGE_PATH,
    // as the sandbox knows it
    MW_UID: String(own.uid),
    MW_GID: String(own.gid),
    MW_GROUPS: user.groups.join(","),
    MW_ROOTLESS: rootless ? "1" : "",
    // as it sees itself
    MW_SEEN_UID: String(user.uid),
    MW_SEEN_GID: String(user.gid),
  };
}

/** The text as an open file without a name: nobody else can read the environment in it. */
export function openText(scratch: string, id: string, text: string): number {
  const path = join(scratch, `${id}.${process.pid}.${opened++}`);
  writeFileSync(path, text, { mode: 0o600, flag: "wx" });
  const fd = openSync(path, "r");
  unlinkSync(path);
  return fd;
}
let opened = 0;

/** `started`, or what the stages said before they gave up; the pipe stays open as long as the workload runs */
export async function readReport(read: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const decoder = new TextDecoder();
  let said = "";
  const ended = readPipe(read, (bytes) => {
    said += decoder.decode(bytes, { stream: true });
    if (said.endsWith("\n")) resolve(said.trimEnd());
  });
  ended.finally(() => resolve(said.trimEnd())).catch(() => {});
  return promise;
}

/** of `failed <exit code> <reason>`; anything else is a stage that was ended from outside */
export function failure(said: string): { failed: string; exitCode: number } {
  const match = /^failed (\d+) (.*)$/s.exec(said);
  if (!match) return { failed: said || "it was ended while it was being made", exitCode: 125 };
  return { failed: match[2] as string, exitCode: Number(match[1]) };
}

function sendSignal(pid: number, name: string): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has ended
  }
}

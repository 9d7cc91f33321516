// Runs a healthcheck's command inside a workload and says whether it passed, and if not, what it said.
import { closeSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { closeFd } from "../../sys/libc.ts";
import { makePipe, readPipe } from "../../sys/pipe.ts";
import { type Command, commandText } from "./command-text.ts";
import type { Credentials } from "./credentials.ts";
import { failure, openText, type Place, readReport, userEnvironment } from "./launch.ts";
import { treeOf } from "./processes.ts";
import { STAGES } from "./sandbox.ts";

export type CheckResult = { readonly passed: true } | { readonly passed: false; readonly said: string };

/** enough for a sentence; what a check says more is not kept */
const MAX_SAID_BYTES = 1000;

export async function runCheck(
  place: Place,
  { pid, id, user, command, cgroups, timeoutMs }: Check,
  clock: Clock,
): Promise<CheckResult> {
  const report = makePipe("read");
  const output = makePipe("read");
  const text = openText(place.scratch, `${id}.check`, commandText(command));
  const child = Bun.spawn(["sh", join(STAGES, "check.sh"), String(pid), ...cgroups], {
    stdio: ["ignore", output.write, output.write, report.write, text],
    env: userEnvironment(place, user),
    cwd: "/",
  });
  for (const fd of [report.write, output.write]) closeFd(fd);
  closeSync(text);

  let timedOut = false;
  const timer = clock.after(timeoutMs, () => {
    timedOut = true;
    for (const member of treeOf(child.pid).reverse()) endProcess(member);
  });
  let said = Buffer.alloc(0);
  const reading = readPipe(output.read, (bytes) => {
    if (said.length < MAX_SAID_BYTES) said = Buffer.concat([said, bytes]);
  });
  const reported = readReport(report.read);
  const exitCode = await child.exited;
  timer.cancel();
  if (timedOut) return { passed: false, said: `the check took longer than ${timeoutMs} ms` };
  if (exitCode === 0) return { passed: true };

  const started = await reported;
  if (started !== "started") return { passed: false, said: failure(started).failed };
  // a grandchild of the check may hold the pipe; what was said until now is enough then
  await Promise.race([reading, clock.sleep(100)]);
  const words = said.subarray(0, MAX_SAID_BYTES).toString("utf8").trim();
  return { passed: false, said: words || `exit code ${exitCode}` };
}

export type Check = {
  /** PID 1 of the workload, as seen here */
  readonly pid: number;
  readonly id: string;
  readonly user: Credentials;
  readonly command: Command;
  readonly cgroups: readonly string[];
  readonly timeoutMs: number;
};

function endProcess(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // it has ended
  }
}

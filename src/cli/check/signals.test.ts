import { expect, test } from "bun:test";
import { signalChecks } from "./signals.ts";

const ALL: Readonly<Record<string, string>> = {
  "/proc/self/schedstat": "1 2 3",
  "/proc/sys/kernel/task_delayacct": "1",
  "/proc/pressure/io": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0",
  "/proc/self/mountinfo": "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw",
};

async function lacking(changes: Readonly<Record<string, string | undefined>>): Promise<readonly string[]> {
  const files: Readonly<Record<string, string | undefined>> = { ...ALL, ...changes };
  const found = await Promise.all(signalChecks({ read: (path) => files[path] }).checks.map(({ look }) => look()));
  return found.flatMap((verdict) => (verdict.kind === "ok" ? [] : [verdict.fix]));
}

test("a machine that tells everything lacks nothing", async () => {
  expect(await lacking({})).toEqual([]);
});

test.each([
  ["/proc/self/schedstat", undefined, "CONFIG_SCHED_INFO"],
  ["/proc/sys/kernel/task_delayacct", "0", "sysctl -w kernel.task_delayacct=1"],
  ["/proc/sys/kernel/task_delayacct", undefined, "CONFIG_TASK_DELAY_ACCT"],
  ["/proc/pressure/io", undefined, "psi=1"],
  ["/proc/self/mountinfo", "30 23 0:26 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu", "cgroup2"],
])("%s as %p is told with its setting", async (path, content, setting) => {
  expect(await lacking({ [path]: content })).toEqual([expect.stringContaining(setting)]);
});

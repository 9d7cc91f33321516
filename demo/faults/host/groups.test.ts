// Where control groups are found, by what the kernel says of its mounts.
import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { groups } from "./groups.ts";

const unified = mkdtempSync(join(tmpdir(), "groups-"));
afterAll(() => rmSync(unified, { recursive: true }));

test("version 2 alone, with the controllers that it has", () => {
  writeFileSync(join(unified, "cgroup.controllers"), "cpuset cpu io memory pids\n");

  const found = groups(`30 23 0:26 / ${unified} rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n`);

  expect(found.v2).toEqual({ top: unified, controllers: ["cpuset", "cpu", "io", "memory", "pids"] });
  expect(found.v1.size).toBe(0);
});

test("version 1 by controller, and an empty version 2 beside it", () => {
  writeFileSync(join(unified, "cgroup.controllers"), "\n");
  const mounts = [
    "32 31 0:28 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct",
    "33 31 0:29 / /sys/fs/cgroup/blkio rw,relatime - cgroup cgroup rw,blkio",
    `34 31 0:30 / ${unified} rw,relatime - cgroup2 cgroup2 rw`,
  ];

  const found = groups(mounts.join("\n"));

  expect(found.v1.get("cpu")).toBe("/sys/fs/cgroup/cpu,cpuacct");
  expect(found.v1.get("blkio")).toBe("/sys/fs/cgroup/blkio");
  expect(found.v2?.controllers).toEqual([]);
});

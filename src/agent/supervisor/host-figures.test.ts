import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { hostFigures } from "./host-figures.ts";

function withFiles(files: Readonly<Record<string, string>>, use: (root: string) => void): void {
  const root = mkdtempSync(join(tmpdir(), "meshwise-host-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  use(root);
  rmSync(root, { recursive: true });
}

test("the host's figures stand under the names of a workload's", () => {
  const pressure = (some: number, full: number) => `some avg10=0.00 total=${some}\nfull avg10=0.00 total=${full}\n`;
  const files = {
    "proc/stat": "cpu  100 10 20 999 50 1 2 7 0 0\ncpu0 1 1 1 1\n",
    "proc/pressure/cpu": pressure(11, 0),
    "proc/pressure/io": pressure(22, 21),
    "proc/pressure/memory": pressure(33, 31),
    "proc/meminfo": "MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    400 kB\n",
    "proc/vmstat": "pgmajfault 5\noom_kill 2\n",
    "proc/diskstats": " 8 0 sda 10 0 100 0 20 0 200 0\n 8 1 sda1 9 0 90 0 19 0 190 0\n 7 0 loop0 5 0 5 0 5 0 5 0\n",
    "block/sda/x": "",
    "block/loop0/x": "",
  };

  withFiles(files, (root) => {
    expect(hostFigures(join(root, "proc"), join(root, "block"))).toEqual({
      ...{
        cpuUs: 1_330_000,
        stealUs: 70_000,
        cpuSomeUs: 11,
        ioSomeUs: 22,
        ioFullUs: 21,
        memorySomeUs: 33,
        memoryFullUs: 31,
      },
      ...{ memoryBytes: 600 * 1024, majorFaults: 5, oomKills: 2 },
      ...{ readOps: 10, readBytes: 100 * 512, writeOps: 20, writeBytes: 200 * 512 },
    });
  });
});

test("what a kernel does not tell is absent", () => {
  withFiles({ "proc/stat": "cpu  1 0 0 0 0 0 0\n" }, (root) => {
    expect(hostFigures(join(root, "proc"), join(root, "block"))).toEqual({ cpuUs: 10_000 });
  });
});

test("this host runs, and has memory in use", () => {
  const { cpuUs = 0, memoryBytes = 0 } = hostFigures();

  expect(cpuUs).toBeGreaterThan(0);
  expect(memoryBytes).toBeGreaterThan(1_000_000);
});

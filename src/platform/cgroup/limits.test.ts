import { expect, test } from "bun:test";
import { limitSettings, readOomKills, readSample } from "./limits.ts";

const asLines = (version: "v1" | "v2") =>
  limitSettings(version, { cpus: 0.5, memoryBytes: 64 << 20, pids: 10 }).map(({ file, value }) => `${file}=${value}`);

test("limits in the words of cgroup v2", () => {
  expect(asLines("v2")).toEqual(["cpu.max=50000 100000", "memory.max=67108864", "pids.max=14"]);
});

test("limits in the words of cgroup v1", () => {
  expect(asLines("v1")).toEqual([
    "cpu.cfs_period_us=100000",
    "cpu.cfs_quota_us=50000",
    "memory.limit_in_bytes=67108864",
    "pids.max=14",
  ]);
});

test("a share of a core below the kernel's least is that least", () => {
  expect(limitSettings("v2", { cpus: 0.001 })[0]?.value).toBe("1000 100000");
});

test("no limit, nothing to set", () => {
  expect(limitSettings("v1", {})).toEqual([]);
});

test("figures of cgroup v2, without page cache that can be given back", () => {
  const files: Record<string, string> = {
    "cpu.stat": "usage_usec 1500\nuser_usec 1000\nthrottled_usec 20\n",
    "memory.current": "1000\n",
    "memory.stat": "anon 500\ninactive_file 300\nworkingset_refault_anon 1\nworkingset_refault_file 2\n",
    "memory.events": "low 0\noom 2\noom_kill 1\n",
    "io.stat": "254:0 rbytes=9 wbytes=8 rios=7 wios=6 dbytes=0 dios=0\n8:0 rbytes=9 wbytes=8 rios=1 wios=2\n",
  };
  const read = (_: string, file: string) => files[file];

  expect(readSample("v2", read)).toEqual({
    ...{ cpuUs: 1500, throttledUs: 20, memoryBytes: 700, oomKills: 1 },
    ...{ readOps: 8, writeOps: 8, refaultBytes: 3 * 4096 },
  });
  expect(readOomKills("v2", read)).toBe(1);
});

test("figures of cgroup v1, which counts in nanoseconds", () => {
  const files: Record<string, string> = {
    "cpuacct.usage": "1500999\n",
    "cpu.stat": "nr_periods 3\nthrottled_time 20000\n",
    "memory.usage_in_bytes": "1000\n",
    "memory.stat": "cache 400\ntotal_inactive_file 300\ntotal_workingset_refault_file 2\n",
    "blkio.throttle.io_serviced": "254:0 Read 7\n254:0 Write 6\n254:0 Total 13\nTotal 13\n",
    "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 2\n",
  };
  const read = (_: string, file: string) => files[file];

  expect(readSample("v1", read)).toEqual({
    ...{ cpuUs: 1500, throttledUs: 20, memoryBytes: 700, oomKills: 2 },
    ...{ readOps: 7, writeOps: 6, refaultBytes: 2 * 4096 },
  });
  expect(readOomKills("v1", read)).toBe(2);
});

test("what the host does not tell is absent, not zero", () => {
  expect(readSample("v1", () => undefined)).toEqual({});
  expect(readSample("v2", () => undefined)).toEqual({});
});

test("pressure of a version 2 that is mounted beside version 1", () => {
  const files: Record<string, string> = {
    "io.pressure":
      "some avg10=0.00 avg60=0.00 avg300=0.00 total=517764\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=517567\n",
    "cpu.pressure": "some avg10=1.00 avg60=0.00 avg300=0.00 total=12\n",
  };

  expect(readSample("v1", (controller, file) => (controller === "pressure" ? files[file] : undefined))).toEqual({
    cpuSomeUs: 12,
    ioSomeUs: 517_764,
    ioFullUs: 517_567,
  });
});

// The instruments themselves: a bench that misreads is worse than none.
import { expect, test } from "bun:test";
import { eventually } from "../../test/support/eventually.ts";
import { readSpans } from "../contenders/meshwise.ts";
import { atLeast, atMost } from "../suite.ts";
import { cpuBetween, readCpu } from "./cpu-time.ts";
import { family, unlessGone } from "./family.ts";
import { median } from "./median.ts";
import { readWrk } from "./wrk.ts";

const WRK = `Running 1s test @ http://127.0.0.1:1/
  1 threads and 48 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.02ms  312.00us   9.02ms   93.01%
  48213 requests in 1.10s, 17.70MB read
`;

test("the requests and the time of a run are read", () => {
  expect(readWrk(WRK)).toEqual({ requests: 48_213, seconds: 1.1 });
  expect(readWrk(WRK.replace("1.10s", "900.00ms"))).toEqual({ requests: 48_213, seconds: 0.9 });
  expect(readWrk(WRK.replace("1.10s", "1.50m"))).toEqual({ requests: 48_213, seconds: 90 });
});

test.each([
  ["an error status", `${WRK}  Non-2xx or 3xx responses: 3\n`],
  ["a broken connection", `${WRK}  Socket errors: connect 0, read 1, write 0, timeout 0\n`],
  ["no request at all", WRK.replace("48213", "0")],
  ["output that says nothing", "unable to connect"],
])("a run with %s counts for nothing", (_, output) => {
  expect(() => readWrk(output)).toThrow();
});

test("the middle of figures", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test("the CPU time that the kernel counts for a process grows by what it burns, its children's included", async () => {
  const child = Bun.spawn(["sh", "-c", "sh -c 'i=0; while :; do i=$((i+1)); done' & wait"]);
  try {
    const before = readCpu(child.pid);
    await eventually(() => cpuBetween(before, readCpu(child.pid)) >= 20_000_000);
  } finally {
    const [busy] = (await Bun.file(`/proc/${child.pid}/task/${child.pid}/children`).text()).trim().split(" ");
    if (busy) process.kill(Number(busy), "SIGKILL");
    child.kill("SIGKILL");
  }
});

test("when a thread has ended, the processes' own sum is taken", () => {
  const before = {
    threads: new Map([
      [1, 100],
      [2, 500],
    ]),
    ticksNs: 10_000_000,
  };
  const after = { threads: new Map([[1, 200]]), ticksNs: 30_000_000 };

  expect(cpuBetween(before, after)).toBe(20_000_000);
  expect(cpuBetween({ threads: new Map([[1, 50]]), ticksNs: 0 }, after)).toBe(150);
});

test("a proxy that wrote no span was not compared", () => {
  expect(readSpans('{"spans":3,"lost":1}')).toEqual({ spans: 3, lost: 1 });
  expect(() => readSpans('{"spans":0,"lost":0}')).toThrow("no span");
});

test("what a goal asks for decides, what is beyond it does not", () => {
  const comparison = { goal: 1, stretch: 0.9, peer: "other" };

  expect(atMost("cost", 0.95, "×", comparison)).toMatchObject({ ok: true, goal: "≤ 1", stretch: "≤ 0.9" });
  expect(atMost("cost", 1.01, "×", comparison).ok).toBe(false);
  expect(atLeast("pace", 0.99, "×", { goal: 1 })).toMatchObject({ ok: false, goal: "≥ 1" });
});

test("a process that has ended has no children, and what else goes wrong is told", () => {
  expect(family(2 ** 22 + 1)).toEqual([2 ** 22 + 1]);
  expect(() =>
    unlessGone(() => {
      throw new Error("other");
    }, 0),
  ).toThrow("other");
});

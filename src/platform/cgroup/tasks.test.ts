import { expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { descendants, watchTasks } from "./tasks.ts";

test("what ended tasks had done stays counted, and a reused pid counts from its beginning", () => {
  const proc = mkdtempSync(join(tmpdir(), "meshwise-proc-"));
  const task = (tid: number, schedstat: string) => {
    mkdirSync(join(proc, "7/task", String(tid)), { recursive: true });
    writeFileSync(join(proc, "7/task", String(tid), "schedstat"), schedstat);
  };
  const { sample } = watchTasks(proc);

  task(7, "5000000 1000000 3");
  task(8, "9000000 0 3");
  expect(sample([7])).toMatchObject({ cpuUs: 14_000, runDelayUs: 1000, mainCpuUs: 9000, mainDelayUs: 0 });
  rmSync(join(proc, "7/task/8"), { recursive: true });
  task(7, "6000000 3000000 4");
  expect(sample([7])).toMatchObject({ cpuUs: 15_000, runDelayUs: 3000, mainCpuUs: 10_000, mainDelayUs: 2000 });
  task(7, "2000000 0 1");
  expect(sample([7])).toMatchObject({ cpuUs: 17_000, runDelayUs: 3000 });
  expect(sample([])).toMatchObject({ cpuUs: 17_000, memoryBytes: 0 });

  rmSync(proc, { recursive: true });
});

test("the waiting of tasks that did little of the work is nobody's", () => {
  const proc = mkdtempSync(join(tmpdir(), "meshwise-proc-"));
  for (const [tid, schedstat] of Object.entries({
    7: "90000000 1000000 3",
    8: "1000000 50000000 9",
    9: "0 7000000 1",
  })) {
    mkdirSync(join(proc, "7/task", tid), { recursive: true });
    writeFileSync(join(proc, "7/task", tid, "schedstat"), schedstat);
  }

  expect(watchTasks(proc).sample([7])).toMatchObject({ cpuUs: 91_000, runDelayUs: 1000 });
  rmSync(proc, { recursive: true });
});

test("storage delays are absent where the kernel does not account for them, not zero", () => {
  const proc = mkdtempSync(join(tmpdir(), "meshwise-proc-"));
  const fields = Array.from({ length: 50 }, (_, index) => (index === 39 ? 12 : 0)).join(" ");
  mkdirSync(join(proc, "7/task/7"), { recursive: true });
  writeFileSync(join(proc, "7/task/7/schedstat"), "0 0 0");
  writeFileSync(join(proc, "7/task/7/stat"), `7 (a ) b) ${fields}`);

  expect(watchTasks(proc).sample([7])).not.toHaveProperty("ioDelayUs");
  mkdirSync(join(proc, "sys/kernel"), { recursive: true });
  writeFileSync(join(proc, "sys/kernel/task_delayacct"), "1\n");
  expect(watchTasks(proc).sample([7])).toMatchObject({ ioDelayUs: 120_000 });

  rmSync(proc, { recursive: true });
});

const HEADER = "Inter-|   Receive\n face |bytes\n";

test("datagrams that arrive nowhere can be told where the namespace leads nowhere else", () => {
  const proc = mkdtempSync(join(tmpdir(), "meshwise-proc-"));
  const net = (name: string, text: string) => writeFileSync(join(proc, "7/net", name), text);
  mkdirSync(join(proc, "7/net"), { recursive: true });
  net(
    "snmp",
    "Tcp: OutSegs RetransSegs\nTcp: 900 12\nUdp: InDatagrams NoPorts InErrors OutDatagrams\nUdp: 50 2 1 60\n",
  );
  net("snmp6", "Udp6InDatagrams                 \t7\nUdp6NoPorts                     \t0\nUdp6OutDatagrams \t9\n");
  net("dev", `${HEADER}    lo: 5 5\n`);
  const { sample } = watchTasks(proc);

  expect(sample([7])).toMatchObject({ segments: 900, retransmits: 12, datagrams: 69, datagramsTaken: 59 });
  net("dev", `${HEADER}    lo: 5 5\n  eth0: 7 7\n`);
  expect(sample([7])).toMatchObject({ segments: 900, retransmits: 12 });
  expect(sample([7])).not.toHaveProperty("datagrams");

  rmSync(proc, { recursive: true });
});

test("a busy process and its children are found and seen to run", async () => {
  const child = Bun.spawn(["sh", "-c", "while :; do :; done & wait"]);
  const { sample } = watchTasks();
  try {
    const main = await eventually(() => {
      const used = sample(descendants(child.pid));
      return (used.mainCpuUs ?? 0) > 50_000 && used;
    });
    expect(descendants(child.pid)).toHaveLength(2);
    expect(main.cpuUs).toBeGreaterThanOrEqual(main.mainCpuUs as number);
    expect(main.memoryBytes).toBeGreaterThan(0);
  } finally {
    for (const pid of descendants(child.pid).reverse()) process.kill(pid, "SIGKILL");
    await child.exited;
  }
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { formatLogLine, logFile } from "../model/log-line.ts";
import { readLogs } from "./logs.ts";

let logs: string;
beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), "meshwise-logs-"));
});
afterEach(() => rmSync(logs, { recursive: true }));

function write(workload: string, timeUs: number, text: string, age = ""): void {
  const file = logFile(logs, workload.replace(/-\d+$/, ""), workload) + age;
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, formatLogLine({ timeUs, stream: "stdout", text }));
}

async function past(services: readonly string[] = [], tail?: number): Promise<string[]> {
  const texts: string[] = [];
  const query = { services, follow: false, ...(tail !== undefined && { tail }) };
  for await (const batch of readLogs(logs, query, systemClock, new AbortController().signal)) {
    texts.push(...batch.map(({ workload, text }) => `${workload} ${text}`));
  }
  return texts;
}

/** collects until `count` lines have come; `then` runs once the past has been read */
async function followed(count: number, tail: number, then: () => void): Promise<string[]> {
  const texts: string[] = [];
  const end = new AbortController();
  let hasBegun = false;
  const clock = {
    ...systemClock,
    sleep: (ms: number, signal?: AbortSignal) => {
      if (!hasBegun) then();
      hasBegun = true;
      return systemClock.sleep(Math.min(ms, 5), signal);
    },
  };
  for await (const batch of readLogs(logs, { services: [], tail, follow: true }, clock, end.signal)) {
    texts.push(...batch.map(({ text }) => text));
    if (texts.length >= count) end.abort();
  }
  return texts;
}

test("lines of several workloads come in the order of time", async () => {
  write("web-1", 10, "a");
  write("db-1", 20, "b");
  write("web-1", 30, "c");
  write("web-2", 5, "d");

  expect(await past()).toEqual(["web-2 d", "web-1 a", "db-1 b", "web-1 c"]);
});

test("one service, or one workload, is chosen by its name", async () => {
  write("web-1", 10, "a");
  write("web-2", 20, "b");
  write("db-1", 30, "c");

  expect(await past(["web"])).toEqual(["web-1 a", "web-2 b"]);
  expect(await past(["web-2", "db"])).toEqual(["web-2 b", "db-1 c"]);
  expect(await past(["none"])).toEqual([]);
});

test("the tail counts per workload and over rotated files", async () => {
  for (let i = 0; i < 3; i++) write("web-1", i, `older${i}`, ".1");
  for (let i = 3; i < 5; i++) write("web-1", i, `newer${i}`);
  write("db-1", 4, "db");

  expect(await past([], 3)).toEqual(["web-1 older2", "web-1 newer3", "web-1 newer4", "db-1 db"]);
  expect(await past([], 0)).toEqual([]);
  expect(await past(["web"], 99)).toHaveLength(5);
  expect(await past(["web"])).toHaveLength(5);
});

test("a tail is found in a file of many blocks", async () => {
  for (let i = 0; i < 5000; i++) write("web-1", i, `${i} ${"x".repeat(100)}`);

  expect((await past([], 2)).map((line) => line.slice(0, 10))).toEqual(["web-1 4998", "web-1 4999"]);
  expect(await past()).toHaveLength(5000);
});

test("what is no line of ours is passed over", async () => {
  write("web-1", 10, "a");
  appendFileSync(logFile(logs, "web", "web-1"), "cut by a cra\n\n");
  write("web-1", 20, "b");

  expect(await past()).toEqual(["web-1 a", "web-1 b"]);
});

test("following shows what comes, of new workloads too, and not the past", async () => {
  write("web-1", 10, "old");

  const texts = await followed(3, 0, () => {
    write("web-1", 20, "a");
    write("db-1", 30, "b");
    write("web-1", 40, "c");
  });

  expect(texts).toEqual(["a", "b", "c"]);
});

test("following goes on through a rotation and loses no line", async () => {
  write("web-1", 10, "old");

  const texts = await followed(4, 1, () => {
    write("web-1", 20, "before");
    const file = logFile(logs, "web", "web-1");
    renameSync(file, `${file}.1`);
    write("web-1", 30, "after");
    write("web-1", 40, "end");
  });

  expect(texts).toEqual(["old", "before", "after", "end"]);
});

test("a line is shown only when it is whole", async () => {
  write("web-1", 10, "a");

  const texts = await followed(2, 1, () => {
    const file = logFile(logs, "web", "web-1");
    appendFileSync(file, "20 o half");
    systemClock.after(20, () => appendFileSync(file, " and half\n"));
  });

  expect(texts).toEqual(["a", "half and half"]);
});

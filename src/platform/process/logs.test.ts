import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock } from "../../base/clock.manual.ts";
import { logFile, parseLogLine } from "../../model/log-line.ts";
import { openLog } from "./logs.ts";

let logs: string;
beforeEach(() => {
  logs = mkdtempSync(join(tmpdir(), "meshwise-logs-"));
});
afterEach(() => rmSync(logs, { recursive: true, force: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const place = () => ({ logs, service: "web", workload: "web-1" });
const kept = (path = logFile(logs, "web", "web-1")) =>
  readFileSync(path, "utf8")
    .split("\n")
    .map(parseLogLine)
    .filter((line) => line !== undefined);

test("each stream's lines are kept, and what was unfinished when the process ended", () => {
  const log = openLog(place(), manualClock());

  log.write("stdout", bytes("one\ntw"));
  log.write("stderr", bytes("oh\n"));
  log.write("stdout", bytes("o\nthree"));
  log.flush();
  log.say("exited with code 1");

  expect(kept().map(({ stream, text }) => `${stream} ${text}`)).toEqual([
    "stdout one",
    "stderr oh",
    "stdout two",
    "stdout three",
    "mesh exited with code 1",
  ]);
  expect(log.lastWord()).toBe("oh");
  log.begin();
  expect(log.lastWord()).toBeUndefined();
});

test("a full file is put aside, and only the newest are kept", () => {
  const log = openLog({ ...place(), maxBytes: 100 }, manualClock());
  for (let i = 0; i < 40; i++) log.write("stdout", bytes(`line ${i}\n`));

  const path = logFile(logs, "web", "web-1");
  const texts = [`${path}.2`, `${path}.1`, path].flatMap((file) => kept(file)).map(({ text }) => text);
  expect(texts.at(-1)).toBe("line 39");
  expect(texts).toEqual(Array.from({ length: texts.length }, (_, i) => `line ${40 - texts.length + i}`));
  expect(existsSync(`${path}.3`)).toBeFalse();
});

test("lines that cannot be written are dropped and counted, and the count is told when writing works again", () => {
  const clock = manualClock();
  const blocked = join(logs, "web");
  writeFileSync(blocked, "a file where the folder should be");
  const log = openLog(place(), clock);

  log.write("stdout", bytes("lost\nlost too\n"));
  expect(log.dropped()).toBe(2);

  rmSync(blocked);
  clock.advance(1000);
  log.write("stdout", bytes("kept\n"));
  expect(kept().map(({ text }) => text)).toEqual(["2 lines were lost: they could not be written", "kept"]);
});

import { afterEach, beforeEach, expect, test } from "bun:test";
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock } from "../../base/clock.manual.ts";
import { watchObjectFiles } from "./routing-watch.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshwise-watch-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function watched() {
  const clock = manualClock();
  let changes = 0;
  const watch = watchObjectFiles(clock, () => changes++);
  watch.restart(folder);
  /** time stands still while it looks, so that each step is one look */
  return { watch, look: clock.step, changes: () => changes };
}

test("a file that is still being written is left alone until it is alike at two looks", () => {
  const { look, changes } = watched();
  const file = join(folder, "meshwise.yaml");

  writeFileSync(file, "kind: HTTP");
  look();
  appendFileSync(file, "Route\n");
  look();
  expect(changes()).toBe(0);

  look();
  look();
  expect(changes()).toBe(1);
});

test("a folder that appears is seen, other files in it are not", () => {
  const { look, changes } = watched();
  mkdirSync(join(folder, "meshwise"));
  for (const name of ["notes.txt", ".a.yaml.swp", ".a.yaml"]) writeFileSync(join(folder, "meshwise", name), "");
  look();
  look();
  expect(changes()).toBe(0);

  writeFileSync(join(folder, "meshwise", "a.yaml"), "");
  look();
  look();
  expect(changes()).toBe(1);
});

test("a change that is taken back before it was read is none, and after the end nothing is looked at", () => {
  const { watch, look, changes } = watched();
  const file = join(folder, "meshwise.yaml");
  writeFileSync(file, "a");
  look();
  rmSync(file);
  look();
  look();
  expect(changes()).toBe(0);

  watch.stop();
  writeFileSync(file, "a");
  expect(look()).toBe(false); // no timer is left
  expect(changes()).toBe(0);
});

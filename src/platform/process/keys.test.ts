import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openKeys } from "./keys.ts";

const silent = () => {};

test("no key comes twice, not even after a crash", () => {
  const root = mkdtempSync(join(tmpdir(), "meshwise-keys-"));
  const seen = new Set<number>();
  for (let life = 0; life < 5; life++) {
    const keys = openKeys(root, silent);
    for (let i = 0; i < 70; i++) seen.add(keys.next());
  }
  rmSync(root, { recursive: true });

  expect(seen.size).toBe(350);
  expect(seen.has(0)).toBeFalse();
});

test("a disk that takes no note is told of, and keys go on", () => {
  const troubles: string[] = [];
  const keys = openKeys("/nonexistent", (reason) => troubles.push(reason));

  expect([keys.next(), keys.next()]).toEqual([1, 2]);
  expect(troubles).toHaveLength(1);
});

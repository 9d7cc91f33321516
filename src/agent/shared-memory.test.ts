import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HELD } from "../model/page/held.ts";
import { trafficPage } from "../model/page/page.ts";
import { mapShared, prepareSharedFiles, removeFormerFiles, type Share } from "./shared-memory.ts";

function inFolder(use: (share: (generation: number) => Share) => void): void {
  const directory = mkdtempSync(join(tmpdir(), "shared-"));
  try {
    use((generation) => ({ directory, generation, workers: 2 }));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

test("two agents that follow each other count in one page, and each in rows of its own", () => {
  inFolder((share) => {
    const [old, next] = [prepareSharedFiles(share(4)), prepareSharedFiles(share(5))];
    const pageOf = (files: typeof old, index: number) =>
      trafficPage(mapShared(files.page), files.rows, files.row(index));

    expect(next.page).toBe(old.page);
    expect([old.row(0), old.row(1), next.row(0), next.row(1)]).toEqual([0, 1, 2, 3]);
    expect(pageOf(old, 1).held.take(0, HELD.requests, 2)).toBe(true);
    expect(pageOf(next, 1).held.take(0, HELD.requests, 2)).toBe(true);
    expect(pageOf(next, 0).held.take(0, HELD.requests, 2)).toBe(false);
    pageOf(next, 0).giveBack(old.row(1));

    expect(pageOf(next, 0).held.total(0, HELD.requests)).toBe(1);
  });
});

test("what agents before this one left goes, its own and the page stay", () => {
  inFolder((share) => {
    for (const generation of [0, 1]) prepareSharedFiles(share(generation));

    removeFormerFiles(share(1));

    expect(readdirSync(share(1).directory).sort()).toEqual(["agent-1", expect.stringMatching(/^limits-/)]);
  });
});

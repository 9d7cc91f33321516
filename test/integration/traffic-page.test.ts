// Several processes share one page: what they get together is exactly what may be got.
import { afterEach, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HELD } from "../../src/model/page/held.ts";
import { trafficPage, trafficPageSize } from "../../src/model/page/page.ts";

const WORKERS = 3;
const folder = mkdtempSync(join(tmpdir(), "meshwise-page-"));
const open: Array<{ kill(signal?: number): void }> = [];
afterEach(() => {
  for (const one of open.splice(0)) one.kill(9);
});
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

function newPage(name: string) {
  const file = join(folder, name);
  writeFileSync(file, "");
  truncateSync(file, trafficPageSize(WORKERS));
  return { file, page: trafficPage(Bun.mmap(file, { shared: true }), WORKERS, 0, 99) };
}

type Result = { readonly got: number; readonly most: number };

function start(file: string, index: number, job: string) {
  const child = Bun.spawn(
    [
      process.execPath,
      join(import.meta.dir, "../support/page-worker.driver.ts"),
      file,
      String(WORKERS),
      String(index),
      job,
    ],
    { stdin: "pipe", stdout: "pipe", stderr: "inherit" },
  );
  open.push(child);
  const lines = (async function* () {
    let text = "";
    for await (const piece of child.stdout) {
      text += Buffer.from(piece).toString();
      for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
        yield text.slice(0, end);
        text = text.slice(end + 1);
      }
    }
  })();
  return {
    child,
    ready: lines.next(),
    async go(): Promise<Result> {
      child.stdin.write("g");
      await child.stdin.flush();
      return JSON.parse((await lines.next()).value ?? "null");
    },
  };
}

/** all at the same time */
async function together(job: string) {
  const { file, page } = newPage(job);
  const workers = Array.from({ length: WORKERS }, (_, index) => start(file, index, job));
  await Promise.all(workers.map(({ ready }) => ready));
  return { page, results: await Promise.all(workers.map((one) => one.go())) };
}

const sum = (results: readonly Result[]) => results.reduce((all, { got }) => all + got, 0);

describe("several processes at once", () => {
  test("a rate lets exactly the burst pass", async () => {
    const { results } = await together("rate");
    expect(sum(results)).toBe(5_000);
  });

  test("retries never exceed the budget", async () => {
    const { results, page } = await together("budget");
    expect(sum(results)).toBeLessThanOrEqual(0.2 * WORKERS * 20_000 + 100);
    expect(page.budgets.left(3, 5_000, 0.2, 10)).toBeGreaterThanOrEqual(0);
    // and it is used up to what races between the workers cost
    expect(sum(results)).toBeGreaterThan(0.2 * WORKERS * 20_000 * 0.9);
  });

  test("no more is held than allowed, and nothing is left behind", async () => {
    const { results, page } = await together("held");
    expect(sum(results)).toBeGreaterThan(0);
    expect(page.held.total(3, HELD.requests)).toBe(0);
  });

  test("failures in a row are counted together", async () => {
    const { page } = await together("failures");
    expect(page.verdicts.failed(7)).toBe(WORKERS * 20_000 + 1);
  });

  test("a name has one place for all", async () => {
    const { results } = await together("claim");
    expect(new Set(results.map(({ got }) => got)).size).toBe(1);
  });
});

test("what a killed worker held is given back, and only that", async () => {
  const { file, page } = newPage("kill");
  const workers = [1, 2].map((index) => start(file, index, "hold"));
  for (const worker of workers) {
    await worker.ready;
    await worker.go();
  }
  expect(page.held.total(5, HELD.connections)).toBe(100);

  workers[0]?.child.kill(9);
  await workers[0]?.child.exited;
  page.giveBack(1);

  expect(page.held.total(5, HELD.connections)).toBe(50);
});

// A fault from the command to the last thing put back; the world is a folder, and time is pushed on by hand.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ManualClock, manualClock } from "../../src/base/clock.manual.ts";
import { eventually } from "../../test/support/eventually.ts";
import type { Draw, Fault } from "./fault.ts";
import { openInjector, type Progress, Refusal, type Truth } from "./injector.ts";
import type { Shop } from "./shop.ts";

let folder: string;
let clock: ManualClock;
let shop: Shop;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "injector-"));
  clock = manualClock();
  const files = join(import.meta.dir, "..");
  shop = {
    project: "shop",
    files,
    data: folder,
    url: "",
    command: "",
    meshwise: async () => "",
    workloads: async () => [],
  };
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const broken = () => existsSync(join(folder, "broken"));

/** breaks the world by a file */
function fault(draw: Partial<Draw> = {}): Fault {
  const begin: Draw["begin"] = (hands) =>
    hands.act({ run: ["rm", join(folder, "broken")] }, () => writeFileSync(join(folder, "broken"), ""));
  const cause = { classes: ["storage"], subject: { service: "redis" }, what: "a file is there" } as const;
  const symptom = { service: "cart", metric: "errors" } as const;
  return { name: "file", summary: "", needs: [], draw: () => ({ causes: [cause], symptom, begin, ...draw }) };
}

/** pushes time on until it holds */
async function until(condition: () => boolean): Promise<void> {
  await eventually(() => {
    clock.advance(1_000);
    return condition();
  });
}

function truthFiles(): Truth[] {
  const place = join(folder, "faults", "truth");
  return readdirSync(place).map((name) => JSON.parse(readFileSync(join(place, name), "utf8")));
}

test("a fault comes after a while, lasts as long as it was told to, and is put back", async () => {
  const injector = openInjector(shop, clock);
  const steps: Progress["state"][] = [];
  let brokenMs = 0;

  const done = injector.inject({ fault: fault(), seed: 1, forMs: 60_000, on: ({ state }) => steps.push(state) });
  expect(broken()).toBe(false);
  await until(broken);
  const start = clock.monotonicMs();
  await until(() => !broken());
  brokenMs = clock.monotonicMs() - start;
  await done;

  expect(steps).toEqual(["coming", "on", "ending", "over"]);
  expect(start).toBeGreaterThan(3_000);
  expect(brokenMs).toBeGreaterThanOrEqual(59_000);
});

test("the truth lies in a file, with what is guilty, where, and from when to when", async () => {
  const injector = openInjector(shop, clock);

  const done = injector.inject({ fault: fault(), seed: 7, forMs: 10_000 });
  await until(broken);
  await until(() => !broken());
  await done;

  const [truth] = truthFiles();
  expect(truth).toMatchObject({ fault: "file", seed: 7, symptom: { service: "cart" } });
  expect(truth?.causes).toMatchObject([{ classes: ["storage"], subject: { service: "redis" } }]);
  expect(Date.parse(truth?.until ?? "") - Date.parse(truth?.onset.from ?? "")).toBeGreaterThanOrEqual(10_000);
  expect(injector.truths()).toEqual([truth as Truth]);
});

test("whoever asked for it ends it, also while it has not begun", async () => {
  const injector = openInjector(shop, clock);
  const asking = new AbortController();

  const done = injector.inject({ fault: fault(), seed: 1, signal: asking.signal });
  asking.abort();
  await until(() => injector.progress().state === "idle");
  await done;

  expect(broken()).toBe(false);
  expect(injector.truths()).toEqual([]);
});

test("what goes wrong half-way is put back and told", async () => {
  const injector = openInjector(shop, clock);
  const begin: Draw["begin"] = async (hands) => {
    await hands.act({ run: ["rm", join(folder, "half")] }, () => writeFileSync(join(folder, "half"), ""));
    throw new Error("the other half cannot be done");
  };

  const done = injector.inject({ fault: fault({ begin }), seed: 1 });
  await until(() => injector.progress().state === "failed");
  await done;

  expect(injector.progress()).toMatchObject({ reason: "the other half cannot be done", troubles: [] });
  expect(existsSync(join(folder, "half"))).toBe(false);
});

test("there is one at a time", async () => {
  const injector = openInjector(shop, clock);

  const done = injector.inject({ fault: fault(), seed: 1 });
  await until(broken);

  expect(injector.inject({ fault: fault(), seed: 2 })).rejects.toBeInstanceOf(Refusal);
  await injector.off();
  await done;
  expect(broken()).toBe(false);
});

test("an injector that is followed by another one after its death leaves nothing", async () => {
  const killed = openInjector(shop, clock);
  void killed.inject({ fault: fault(), seed: 1 });
  await until(broken);

  const troubles = await openInjector(shop, clock).off();

  expect(troubles).toEqual([]);
  expect(broken()).toBe(false);
});

test("what cannot be put back is told, and the rest is put back", async () => {
  const injector = openInjector(shop, clock);
  const begin: Draw["begin"] = async (hands) => {
    await fault()
      .draw({} as never, {} as never)
      .begin(hands);
    await hands.act({ run: ["sh", "-c", "echo it is stuck >&2; exit 1"] }, () => {});
  };

  const done = injector.inject({ fault: fault({ begin }), seed: 1, forMs: 1_000 });
  await until(() => injector.progress().state === "over");
  await done;

  expect(injector.progress()).toMatchObject({ troubles: [expect.stringContaining("it is stuck")] });
  expect(broken()).toBe(false);
});

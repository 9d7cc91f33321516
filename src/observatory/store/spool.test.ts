import { expect, test } from "bun:test";
import { appendFileSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sample } from "../../../test/support/telemetry.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { spool } from "./spool.ts";

function inDirectory(
  use: (open: () => ReturnType<typeof spool>, directory: string, clock: ReturnType<typeof manualClock>) => void,
) {
  const directory = mkdtempSync(join(tmpdir(), "meshwise-spool-"));
  const clock = manualClock();
  try {
    use(() => spool(directory, clock, () => {}), directory, clock);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

const bytes = (value: number) => new Uint8Array([value, value]);

test("what was not cleared is left, with who is who", () => {
  inDirectory((open) => {
    const first = open();
    first.sample(sample());
    first.batch(bytes(1));
    first.batch(bytes(2));

    const left = open().left();

    expect(left.samples[0]?.services).toEqual(sample().services);
    expect(left.batches.map((batch) => [...batch])).toEqual([
      [1, 1],
      [2, 2],
    ]);
  });
});

test("a record that was cut off is left out, and those before it are not", () => {
  inDirectory((open, directory) => {
    open().batch(bytes(1));
    appendFileSync(join(directory, readdirSync(directory)[0] as string), new Uint8Array([9, 0, 0, 0, 1, 0, 0, 0, 7]));

    expect(open().left().batches).toHaveLength(1);
  });
});

test("what is old enough to be stored is gone, what is taken up too", () => {
  inDirectory((open, directory, clock) => {
    const first = open();
    for (let i = 0; i < 20; i++) {
      first.batch(bytes(i));
      clock.advance(10_000);
    }
    const second = open();
    expect(second.left().batches.map(([value]) => value)).toEqual([16, 17, 18, 19]);

    second.batch(bytes(99));
    second.forgetLeft();
    expect(readdirSync(directory)).toHaveLength(1);
    second.clear();
    expect(readdirSync(directory)).toHaveLength(0);
  });
});

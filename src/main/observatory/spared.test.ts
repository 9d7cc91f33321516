import { expect, test } from "bun:test";
import { spared } from "./spared.ts";

/** a clock that work moves on */
function clockAt(ms = 0) {
  const clock = { ms, monotonicMs: () => clock.ms };
  const lasting = (tookMs: number, name: string) => async () => {
    clock.ms += tookMs;
    return name;
  };
  return { clock, lasting };
}

test("what takes no time is all done, one after the other", async () => {
  const { clock, lasting } = clockAt();
  const sparing = spared(clock);

  expect(await Promise.all(["a", "b", "c"].map((name) => sparing(lasting(0, name))))).toEqual(["a", "b", "c"]);
});

test("after what took long there is rest, nine times as long", async () => {
  const { clock, lasting } = clockAt();
  const sparing = spared(clock);

  expect(await Promise.all([sparing(lasting(3_000, "a")), sparing(lasting(1, "b"))])).toEqual(["a", undefined]);
  clock.ms = 29_999;
  expect(await sparing(lasting(1, "c"))).toBeUndefined();
  clock.ms = 30_000;
  expect(await sparing(lasting(1, "d"))).toBe("d");
});

test("what fails rests as well, and holds up nobody", async () => {
  const { clock } = clockAt();
  const sparing = spared(clock);
  const failing = sparing(async () => {
    clock.ms += 10;
    throw new Error("no");
  });

  expect(failing).rejects.toThrow("no");
  expect(await sparing(async () => 1)).toBeUndefined();
  clock.ms = 100;
  expect(await sparing(async () => 1)).toBe(1);
});

import { expect, test } from "bun:test";
import { manualClock } from "../../base/clock.manual.ts";
import { visitorSecrets } from "./visitor-keys.ts";

const HOUR_MS = 3_600_000;

test("each day there is a new key, and for an hour the one before as well", () => {
  const clock = manualClock();
  let told = 0;
  const secrets = visitorSecrets(clock, true, () => told++);
  const first = secrets.keys();

  clock.advance(24 * HOUR_MS);
  const second = secrets.keys();
  clock.advance(HOUR_MS);
  const third = secrets.keys();

  expect(first?.current).toMatch(/^[0-9a-f]{32}$/);
  expect(second).toEqual({ current: second?.current as string, previous: first?.current as string });
  expect(second?.current).not.toBe(first?.current as string);
  expect(third).toEqual({ current: second?.current as string });
  expect(told).toBe(2);
});

test("a visitor can be found by the key of the day before, and no longer", () => {
  const clock = manualClock();
  const secrets = visitorSecrets(clock, true, () => {});
  const [day0] = secrets.hashesOf("sid");

  clock.advance(24 * HOUR_MS);
  const day1 = secrets.hashesOf("sid");
  clock.advance(24 * HOUR_MS);
  const day2 = secrets.hashesOf("sid");

  expect(day1).toEqual([expect.any(String), day0 as string]);
  expect(day2).not.toContain(day0 as string);
  expect(day2[1]).toBe(day1[0] as string);
});

test("where nobody is to be told apart there are no keys", () => {
  const clock = manualClock();
  let told = 0;

  const secrets = visitorSecrets(clock, false, () => told++);
  clock.advance(48 * HOUR_MS);

  expect(secrets.keys()).toBeUndefined();
  expect(told).toBe(0);
});

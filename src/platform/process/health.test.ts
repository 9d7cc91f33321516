import { expect, test } from "bun:test";
import { afterCheck, FIRST_HEALTH, nextCheckMs } from "./health.ts";

const config = {
  test: ["true"],
  intervalMs: 10_000,
  timeoutMs: 1000,
  retries: 3,
  startPeriodMs: 20_000,
  startIntervalMs: 2000,
};
const passed = (atMs: number) => ({ passed: true, atMs });
const failed = (atMs: number) => ({ passed: false, atMs });

test("one passed check makes it healthy", () => {
  expect(afterCheck(config, FIRST_HEALTH, passed(200)).health).toBe("healthy");
});

test("failures in the start period do not count", () => {
  let state = FIRST_HEALTH;
  for (let atMs = 1000; atMs < 20_000; atMs += 1000) state = afterCheck(config, state, failed(atMs));

  expect(state).toMatchObject({ health: "starting", failures: 0 });
});

test("after the start period, as many failures in a row as it has retries make it unhealthy", () => {
  let state = FIRST_HEALTH;
  for (const [atMs, health] of [
    [20_000, "starting"],
    [30_000, "starting"],
    [40_000, "unhealthy"],
  ] as const) {
    state = afterCheck(config, state, failed(atMs));
    expect(state.health).toBe(health);
  }
});

test("once healthy, the start period is over", () => {
  let state = afterCheck(config, FIRST_HEALTH, passed(500));
  for (const atMs of [1000, 2000, 3000]) state = afterCheck(config, state, failed(atMs));

  expect(state.health).toBe("unhealthy");
  expect(afterCheck(config, state, passed(4000))).toMatchObject({ health: "healthy", failures: 0 });
});

test("the first checks come early and thin out to start_interval, then to interval", () => {
  const at = (checks: number, atMs: number) => nextCheckMs(config, { ...FIRST_HEALTH, checks }, atMs);

  expect([at(0, 0), at(1, 300), at(2, 800), at(5, 9000)]).toEqual([200, 400, 800, 2000]);
  expect(at(20, 20_000)).toBe(10_000);
  expect(nextCheckMs(config, { health: "healthy", failures: 0, checks: 1 }, 500)).toBe(10_000);
});

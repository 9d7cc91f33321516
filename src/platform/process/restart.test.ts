import { expect, test } from "bun:test";
import { decideRestart, FIRST_RUN, type RestartState } from "./restart.ts";

const failed = { exitCode: 1, ranMs: 50 };

test.each([
  [{ kind: "no" }, 1, false],
  [{ kind: "no" }, 0, false],
  [{ kind: "always" }, 0, true],
  [{ kind: "unless-stopped" }, 0, true],
  [{ kind: "on-failure" }, 0, false],
  [{ kind: "on-failure" }, 1, true],
] as const)("%p after exit code %d: starts again = %p", (policy, exitCode, restart) => {
  expect(decideRestart(policy, { exitCode, ranMs: 0 }, FIRST_RUN).restart).toBe(restart);
});

function delays(count: number): number[] {
  let state: RestartState = FIRST_RUN;
  return Array.from({ length: count }, () => {
    const decision = decideRestart({ kind: "always" }, failed, state);
    if (decision.restart) state = decision.state;
    return state.delayMs;
  });
}

test("the delay doubles from 100 ms up to a minute", () => {
  expect(delays(12)).toEqual([100, 200, 400, 800, 1600, 3200, 6400, 12_800, 25_600, 51_200, 60_000, 60_000]);
});

test("a run of ten seconds makes the next delay the first one again", () => {
  const state = { delayMs: 6400, attempts: 7 };

  expect(decideRestart({ kind: "always" }, { exitCode: 1, ranMs: 10_000 }, state)).toMatchObject({
    state: { delayMs: 100 },
  });
});

test("on-failure:2 gives up after two restarts", () => {
  const policy = { kind: "on-failure", maxAttempts: 2 } as const;

  expect(decideRestart(policy, failed, { delayMs: 100, attempts: 1 }).restart).toBeTrue();
  expect(decideRestart(policy, failed, { delayMs: 200, attempts: 2 }).restart).toBeFalse();
});

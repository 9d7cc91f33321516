import { expect, test } from "bun:test";
import { GOALS, type Goal } from "./goals.ts";
import { HELD_OUT } from "./held-out.ts";
import { judge } from "./judge.ts";
import { STYLES } from "./styles.ts";

test.each([...STYLES, ...HELD_OUT].map((style) => [style.name, style] as const))(
  "the routes of %s are learned",
  (name, style) => {
    const verdict = judge(style, 20_000, { seed: 2 });

    const goal = GOALS[name] as Goal;
    expect(verdict.precision).toBeGreaterThanOrEqual(goal.precision);
    expect(verdict.recall).toBeGreaterThanOrEqual(goal.recall);
    expect(verdict.right).toBeGreaterThanOrEqual(goal.right);
  },
);

import { expect, test } from "bun:test";
import { journeysOf } from "../../../src/analysis/journeys/discovery/discover.ts";
import { logBuilder } from "../../../src/analysis/journeys/log-builder.ts";
import { SITES } from "./all.ts";
import { record } from "./visit.ts";

test.each(SITES.map((site) => [site.name, site] as const))(
  "%s: the goal is found first, and the way to it",
  (_, site) => {
    const log = logBuilder();
    record(site, 1500, 11, log);

    const { goals, funnels } = journeysOf(log.finish());

    expect(goals[0]?.event).toBe(site.goal);
    const proposed = funnels[0]?.steps ?? [];
    expect(proposed.filter((step) => site.steps.includes(step))).toEqual([...site.steps]);
  },
);

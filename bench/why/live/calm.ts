// The demo's shop for two hours in which nothing is wrong: deployments, scaling and busier times, watched by 20 objectives.
import { systemClock } from "../../../src/base/clock.ts";
import { draws } from "../../../test/sim/draw.ts";
import { atMost, type Figure, information, type Section, type SuiteOptions } from "../../suite.ts";
import { type Demo, startDemo } from "../../support/demo.ts";

const MINUTES = { full: 120, quick: 10 };
/** of which the goals are made */
const LEARN_MINUTES = 5;
const RATE = 2;
/** minutes between two ordinary events, at least and at most */
const PAUSE = [3, 7] as const;
/** a deployment, and a scaling, in minutes */
const LASTS = [2, 5] as const;
const CROWD = { seconds: 240, rates: [0.5, 2] } as const;
/** services that answer HTTP, the busiest first */
const WATCHED = 10;
/** A goal as somebody writes it who knows how it usually is, and leaves some room. */
const GOAL = { availability: 99.5, latency: 95, room: 2, leastMs: 20 };

type Stat = { service: string; protocols: string[]; rps: number; p95?: number };
type Opened = { objective: string; service: string; opened: string; sentence: string; cause?: string };

export const calm: Section = {
  name: "calm",
  about:
    "two hours of the running demo in which nothing is wrong, with deployments, scaling and busier times: incidents",
  run,
};

async function run({ isQuick, say, seeds: [seed = 1] = [] }: SuiteOptions): Promise<Figure[]> {
  const demo = await startDemo({ rate: RATE });
  await systemClock.sleep(60_000 * LEARN_MINUTES);
  const count = await promise(demo, say);
  const counts = await ordinaryEvents(
    demo,
    seed,
    systemClock.monotonicMs() + 60_000 * MINUTES[isQuick ? "quick" : "full"],
    say,
  );
  const { rows: incidents } = await demo.ask<{ rows: Opened[] }>("incidents", {});
  for (const { objective, opened, sentence, cause } of incidents)
    say(`incident of ${objective}, ${opened}: ${sentence}; ${cause ?? "no cause"}`);
  const { rows } = await demo.ask<{ rows: { budgetLeft?: number; requests: number }[] }>("objectives", {});
  return [
    atMost("calm: incidents", incidents.length, "incidents", { goal: 0 }),
    information("calm: objectives", count, "objectives"),
    information("calm: minutes", MINUTES[isQuick ? "quick" : "full"], "min"),
    ...Object.entries(counts).map(([name, value]) => information(`calm: ${name}`, value, "events")),
    information("calm: budget left, least", 100 * Math.min(...rows.map(({ budgetLeft = 1 }) => budgetLeft)), "%"),
  ];
}

/** Two objectives of each of the busiest services; resolves with how many there are. */
async function promise(demo: Demo, say: SuiteOptions["say"]): Promise<number> {
  const { rows } = await demo.ask<{ rows: Stat[] }>("stat", { since: `${LEARN_MINUTES}m` });
  const asked = rows.filter(
    ({ p95, protocols }) => p95 !== undefined && protocols.some((one) => one.startsWith("http")),
  );
  const busiest = asked.sort((a, b) => b.rps - a.rps).slice(0, WATCHED);
  const objectives = busiest.flatMap(({ service, p95 = 0 }) => {
    const within = `${Math.ceil(Math.max(GOAL.leastMs, GOAL.room * p95))}ms`;
    say(`${service}: ${GOAL.latency} % within ${within}, ${GOAL.availability} % without failure`);
    return [
      objective(`${service}-works`, service, `availability: { percent: ${GOAL.availability} }`),
      objective(`${service}-is-fast`, service, `latency: { percent: ${GOAL.latency}, within: ${within} }`),
    ];
  });
  demo.configure((text) => [text.trimEnd(), ...objectives].join("\n---\n"));
  return objectives.length;
}

function objective(name: string, service: string, goal: string): string {
  return `apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: { name: ${name} }
spec: { targetRefs: [{ kind: Service, name: ${service} }], window: 1d, ${goal} }`;
}

/** One after the other, each taken back. */
async function ordinaryEvents(demo: Demo, seed: number, endMs: number, say: SuiteOptions["say"]) {
  const draw = draws(seed);
  const counts = { deployments: 0, scalings: 0, "busier times": 0 };
  const taken = (fault: string) => async () => {
    await demo.inject(fault, draw.below(1_000));
    await systemClock.sleep(60_000 * draw.between(...LASTS));
    await demo.heal();
  };
  const events = {
    deployments: taken("innocent-deployment"),
    scalings: taken("innocent-scaling"),
    "busier times": () => demo.crowd(draw.between(...CROWD.rates), CROWD.seconds),
  };
  while (systemClock.monotonicMs() < endMs) {
    await systemClock.sleep(60_000 * draw.between(...PAUSE));
    try {
      const name = draw.pick(Object.keys(events) as (keyof typeof events)[]);
      await events[name]();
      counts[name]++;
    } catch (error) {
      say(`an event did not come about: ${error instanceof Error ? error.message : error}`);
    }
    const { rows } = await demo.ask<{ rows: Opened[] }>("incidents", {});
    const left = Math.round((endMs - systemClock.monotonicMs()) / 60_000);
    say(
      `${Object.entries(counts)
        .map(([name, value]) => `${value} ${name}`)
        .join(", ")}; ${rows.length} incidents; ${left} min left`,
    );
  }
  return counts;
}

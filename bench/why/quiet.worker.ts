// A thread that lets a mesh run for a day in which nothing is wrong, watched by 20 objectives, and counts the incidents.
import { watchedObjective } from "../../src/analysis/objectives/watched.fixture.ts";
import { draws } from "../../test/sim/draw.ts";
import { ordinary } from "../../test/sim/incidents/ordinary.ts";
import { simulate } from "../../test/sim/incidents/simulate.ts";
import type { System } from "../../test/sim/incidents/system.ts";
import { drawSystem } from "../../test/sim/incidents/topology.ts";

declare const self: Worker;

export type QuietDay = {
  readonly seed: number;
  readonly hours: number;
  readonly objectives: number;
  readonly requests: number;
  /** each that was opened; `isOverspent`: more was bad on that day than is allowed, so it was no false one */
  readonly incidents: readonly { readonly text: string; readonly isOverspent: boolean }[];
  readonly events: number;
  /** of each objective, the share of what was allowed that was bad */
  readonly used: readonly number[];
};

const STEP_MS = 10_000;
const STEP_S = STEP_MS / 1000;
const LEARN_STEPS = 720;
const DAY_STEPS = 8640;
const WAVE = 0.6;
/** Promises are tight: what is usual is so much of what may be bad. */
const USUALLY_USED = 0.6;
/** of latency; what is promised of availability follows from what usually fails */
const SHARES = [0.9, 0.95, 0.99];
const WINDOWS_S = [86_400, 7 * 86_400, 30 * 86_400];

type Goal = { readonly service: number; readonly share: number; readonly withinMs: number };

self.onmessage = ({ data }: MessageEvent<number>) => self.postMessage(quietDay(data));

function quietDay(seed: number): QuietDay {
  const draw = draws(seed);
  const perS = draw.wide(1, 15);
  const system = drawSystem(draw.fork("system"), "middle", perS * 3600, 3600);
  const goals = drawGoals(seed, system);
  const watched = goals.map((goal) => {
    return {
      goal,
      windowS: draw.pick(WINDOWS_S),
      requests: new Uint32Array(DAY_STEPS),
      bad: new Uint32Array(DAY_STEPS),
    };
  });
  const byService = Map.groupBy(watched, ({ goal }) => goal.service);
  const events = ordinary(draw.fork("ordinary"), system);
  const daily = { ...system, sources: system.sources.map((source) => ({ ...source, wave: WAVE })) };
  let requests = 0;
  simulate(
    daily,
    {
      intervalMs: STEP_MS,
      intervals: DAY_STEPS,
      turn: () => events.turn(),
      answered(service, ms, isWell, nowMs) {
        requests++;
        const step = Math.floor(nowMs / STEP_MS);
        for (const { goal, requests, bad } of byService.get(service) ?? []) {
          const isLatency = goal.withinMs > 0;
          if (isLatency && !isWell) continue;
          requests[step]!++;
          if (isLatency ? ms > goal.withinMs : !isWell) bad[step]!++;
        }
      },
    },
    draw.fork("day"),
  );
  const usedOf = ({ goal, requests, bad }: (typeof watched)[number]) => total(bad) / total(requests) / (1 - goal.share);
  const incidents = watched.flatMap((each) => {
    const { goal, windowS, requests, bad } = each;
    const one = watchedObjective({ share: goal.share, windowS });
    one.run(DAY_STEPS * STEP_S, (atS) => {
      const step = Math.floor(atS / STEP_S);
      return { requests: requests[step] as number, bad: bad[step] as number };
    });
    const used = usedOf(each);
    const promise = `${goal.withinMs === 0 ? "works" : "is fast"} ${goal.share.toPrecision(5)} over ${windowS / 3600} h`;
    return one.opened.map((atS) => ({
      text: `seed ${seed}, service ${goal.service} ${promise}: at ${(atS / 3600).toFixed(1)} h, used ${used.toFixed(2)}`,
      isOverspent: used > 1,
    }));
  });
  const { deployments, scalings, busy } = events.counts;
  return {
    ...{ seed, hours: (DAY_STEPS * STEP_S) / 3600, objectives: watched.length, requests, incidents },
    events: deployments + scalings + busy,
    used: watched.map(usedOf),
  };
}

function total(counts: Uint32Array): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/** Of ten services, by what two ordinary hours had. */
function drawGoals(seed: number, system: System): Goal[] {
  const draw = draws(seed).fork("goals");
  const asked = system.services.map((_, at) => ({ at, times: [] as number[], failed: 0 }));
  const events = ordinary(draw.fork("learn"), system);
  simulate(
    system,
    {
      intervalMs: STEP_MS,
      intervals: LEARN_STEPS,
      turn: () => events.turn(),
      answered(service, ms, isWell) {
        const one = asked[service];
        if (isWell) one?.times.push(ms);
        else if (one) one.failed++;
      },
    },
    draw.fork("run"),
  );
  reset(system);
  return asked
    .filter(({ times }) => times.length > 200)
    .slice(0, 10)
    .flatMap(({ at, times, failed }): Goal[] => {
      const sorted = times.toSorted((a, b) => a - b);
      const share = draw.pick(SHARES);
      const slowest = Math.floor(sorted.length * (1 - USUALLY_USED * (1 - share)));
      // what was not seen in so few requests is no promise
      const failing = Math.max(failed, 1) / (times.length + failed);
      return [
        { service: at, share: 1 - Math.min(0.5, failing / USUALLY_USED), withinMs: 0 },
        { service: at, share, withinMs: sorted[slowest] as number },
      ];
    });
}

/** What ordinary events had not taken back yet. */
function reset({ services }: System): void {
  for (const service of services) {
    service.slowdown = 1;
    for (const replica of service.replicas) replica.slowdown = 1;
  }
}

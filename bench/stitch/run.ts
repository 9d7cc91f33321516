// One run: a shape under a load, as stitched and judged.
import { seededRandom } from "../../src/base/random.ts";
import { heavy, light } from "./draw.ts";
import { judge, type Verdict } from "./judge.ts";
import type { Shape } from "./shapes.ts";
import { runWorld, type ServicePlan } from "./world.ts";

export type Setting = {
  readonly shape: Shape;
  readonly runs: ServicePlan["runs"];
  readonly tail: "light" | "heavy";
  /** requests in flight at the entry, on average, as far as its event loop can */
  readonly concurrency: number;
  readonly hasContent: boolean;
  readonly requests: number;
};

/** share of an event loop's time that the load may take */
const MOST_BUSY = 0.9;

export function run({ shape, runs, tail, concurrency, hasContent, requests }: Setting): Verdict & { inFlight: number } {
  const plans = shape.plans(runs);
  const draw = tail === "light" ? light : heavy;
  const pilot = runWorld(plans, { entry: "front", perSecond: 20, requests: 300 }, seededRandom(11), draw);
  const perSecond = (concurrency / pilot.meanLatencyUs) * 1e6;
  const most = runs === "loop" ? (MOST_BUSY / pilot.meanWorkUs) * 1e6 : perSecond;
  const load = { entry: "front", perSecond: Math.min(perSecond, most), requests };
  const world = runWorld(plans, load, seededRandom(concurrency * 13 + 101), draw);
  return { ...judge(world, hasContent), inFlight: world.meanInFlight };
}

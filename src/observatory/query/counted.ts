// What objectives count: requests to their services and how many of them were bad, by the exact figures.
import { countAbove } from "../../base/sketch.ts";
import type { Counted, CountedStep, Objective } from "../../model/objective.ts";
import type { Cell } from "../live/cell.ts";
import type { Series } from "../live/series.ts";
import type { RouteNames } from "../routes/book.ts";
import { passOver, type SeriesDeps } from "./series.ts";

/** Periods that start in [fromS, toS), seconds since the epoch, multiples of `stepS`. */
export type CountedStretch = { readonly fromS: number; readonly toS: number; readonly stepS: number };

/** Oldest first; steps without requests are not there. Probes are not counted. */
export async function counted(
  { live, store, routes }: Pick<SeriesDeps, "live" | "store"> & { readonly routes: RouteNames },
  objectives: readonly Objective[],
  { fromS: from, toS: to, stepS }: CountedStretch,
): Promise<ReadonlyMap<Objective, readonly CountedStep[]>> {
  const byService = Map.groupBy(objectives, serviceOf);
  const sums = new Map(objectives.map((one) => [one, new Map<number, { requests: number; bad: number }>()]));
  const take = (startS: number, series: Series, cell: Cell) => {
    const { destination: service, destinationNamespace: namespace } = series;
    for (const one of byService.get(serviceOf({ service, namespace })) ?? []) {
      if (one.route !== undefined && routes.today(namespace, service, series.route) !== one.route) continue;
      const { requests, bad } = countedOf(one, series, cell);
      const at = startS - (startS % stepS);
      const steps = sums.get(one);
      const step = steps?.get(at);
      if (step) {
        step.requests += requests;
        step.bad += bad;
      } else if (requests > 0) steps?.set(at, { requests, bad });
    }
  };
  const [first, ...others] = byService.keys();
  if (first === undefined) return new Map();
  // one pass over the figures in memory serves all, in the store each has rows of its own
  const passes =
    from >= live.periodsFrom() || others.length > MOST_PASSES
      ? [{}]
      : [first, ...others].map((service) => ({ service }));
  for (const of of passes) await passOver({ live, store }, of, { from, to, stepS, isBySecond: false }, take);
  return new Map(
    [...sums].map(([one, steps]) => [
      one,
      [...steps].sort(([a], [b]) => a - b).map(([startS, sum]) => ({ startS, lengthS: stepS, ...sum })),
    ]),
  );
}

const MOST_PASSES = 100;

function serviceOf({ service, namespace }: { readonly service: string; readonly namespace: string }): string {
  return `${namespace}/${service}`;
}

/** Bad is what the callee or the mesh is to blame for: who goes away, or asks for what is not there, is not failed. */
function countedOf({ goal }: Objective, series: Series, cell: Cell): Counted {
  if (goal.kind === "availability") {
    return { requests: cell.requests, bad: series.isFault || series.isOurs ? cell.requests : 0 };
  }
  if (!series.isSuccess || series.protocol === "tcp") return { requests: 0, bad: 0 };
  return { requests: cell.sketch.count, bad: countAbove(cell.sketch, goal.withinUs) };
}

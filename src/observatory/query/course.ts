// How every service did over time, and who called whom: one pass over what was counted, for all of them.
import { type Counts, type Course, counts } from "../../model/tally.ts";
import type { Series } from "../live/series.ts";
import type { Counted, Store } from "../store/store.ts";
import { passPeriods } from "./everywhere.ts";
import type { FiguresDeps, Window } from "./figures.ts";
import { REFUSED } from "./flows.ts";
import { isOf, type SeriesOf } from "./series-of.ts";

/** so many looks at all services at most */
const MOST_LOOKS = 180;
const SHORTEST_S = 10;

export type CourseDeps = Omit<FiguresDeps, "store"> & { readonly store: Pick<Store, "counts" | "grainAt"> };

/** Whose course: of all there is, or of some of the requests only. */
export type CourseOf = SeriesOf & { readonly route?: string | undefined };

/** Steps as short as the window allows, a multiple of ten seconds; those that are over. */
export async function course(
  { live, store, beganUs }: CourseDeps,
  asked: Window,
  nowUs: number,
  of: CourseOf = {},
): Promise<Course> {
  const fromS = Math.max(asked.fromUs, Math.min(beganUs(), asked.toUs)) / 1e6;
  const toS = Math.min(asked.toUs, nowUs) / 1e6;
  const grain = Math.max(SHORTEST_S, store.grainAt(fromS));
  const stepSeconds = Math.ceil(Math.max(1, (toS - fromS) / MOST_LOOKS / grain)) * grain;
  const from = Math.ceil(fromS / stepSeconds) * stepSeconds;
  const to = Math.max(from, Math.floor(toS / stepSeconds) * stepSeconds);
  const startsS = Array.from({ length: (to - from) / stepSeconds }, (_, at) => from + at * stepSeconds);
  const { placeOf, services, calls } = places(startsS.length, of);
  const take = (startS: number, series: Series, counted: Counted) => {
    const at = Math.floor((startS - from) / stepSeconds);
    const { steps, requests } = placeOf(series) ?? {};
    if (!steps || !requests) return;
    add(steps[at] as Counts, series, counted);
    requests[at] = (requests[at] as number) + counted.requests;
  };
  await passPeriods(
    live,
    { from, to },
    (startS, cells) => {
      for (const [series, { requests, durationUs, sketch }] of cells) {
        take(startS, series, { requests, durationUs, timed: sketch.count });
      }
    },
    (periods, also) => store.counts({ ...periods, stepS: stepSeconds }, take, also),
  );
  return { stepSeconds, startsS, services: [...services.values()], calls: [...calls.values()] };
}

type Place = { readonly steps: readonly Counts[]; readonly requests: number[] };

/** Where what is counted of a series belongs; nowhere when it is left out. Names are looked up once for each series. */
function places(length: number, of: CourseOf) {
  const services = new Map<string, { name: string; namespace: string; steps: readonly Counts[] }>();
  const calls = new Map<string, { source: string; destination: string; requests: number[] }>();
  const known = new Map<Series, Place | undefined>();
  const found = (series: Series): Place | undefined => {
    if (!isOf(of, series) || (of.route !== undefined && of.route !== series.route)) return undefined;
    const { source, destination: name, destinationNamespace: namespace } = series;
    const key = `${namespace}/${name}`;
    const service = services.get(key) ?? { name, namespace, steps: Array.from({ length }, counts) };
    services.set(key, service);
    const call = calls.get(`${source}\n${key}`) ?? { source, destination: name, requests: Array(length).fill(0) };
    calls.set(`${source}\n${key}`, call);
    return { steps: service.steps, requests: call.requests };
  };
  const placeOf = (series: Series) => {
    if (!known.has(series)) known.set(series, found(series));
    return known.get(series);
  };
  return { placeOf, services, calls };
}

function add(to: Counts, { isFault, isOurs, error, protocol }: Series, { requests, timed, durationUs }: Counted): void {
  to.requests += requests;
  if (isFault) to.faults += requests;
  if (isOurs) to.ours += requests;
  if (error === REFUSED) to.refused += requests;
  // how long a connection stayed open is no latency
  if (protocol === "tcp") return;
  to.timed += timed;
  to.durationUs += durationUs;
}

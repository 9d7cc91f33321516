// How every service did over time, and who called whom: one pass over the cells for all of them.
import { type Course, type Tally, tally } from "../../model/tally.ts";
import type { Window } from "./figures.ts";
import { tallyCell } from "./flows.ts";
import { passOver, type SeriesDeps } from "./series.ts";

/** so many looks at all services at most */
const MOST_LOOKS = 180;
const SHORTEST_S = 10;

/** Steps as short as the window allows, a multiple of ten seconds; those that are over. */
export async function course({ live, store, beganUs }: SeriesDeps, asked: Window, nowUs: number): Promise<Course> {
  const fromS = Math.max(asked.fromUs, Math.min(beganUs(), asked.toUs)) / 1e6;
  const toS = Math.min(asked.toUs, nowUs) / 1e6;
  const grain = Math.max(SHORTEST_S, store.grainAt(fromS));
  const stepSeconds = Math.ceil(Math.max(1, (toS - fromS) / MOST_LOOKS / grain)) * grain;
  const from = Math.ceil(fromS / stepSeconds) * stepSeconds;
  const to = Math.max(from, Math.floor(toS / stepSeconds) * stepSeconds);
  const startsS = Array.from({ length: (to - from) / stepSeconds }, (_, at) => from + at * stepSeconds);
  const services = new Map<string, { name: string; namespace: string; steps: Tally[] }>();
  const calls = new Map<string, { source: string; destination: string; requests: number[] }>();
  await passOver({ live, store }, {}, { from, to, stepS: stepSeconds, isBySecond: false }, (startS, series, cell) => {
    const { source, destination: name, destinationNamespace: namespace } = series;
    const key = `${namespace}/${name}`;
    const known = services.get(key) ?? { name, namespace, steps: startsS.map(tally) };
    services.set(key, known);
    const at = Math.floor((startS - from) / stepSeconds);
    const step = known.steps[at];
    if (step) tallyCell(step, series, cell);
    const call = calls.get(`${source}\n${key}`) ?? { source, destination: name, requests: startsS.map(() => 0) };
    calls.set(`${source}\n${key}`, call);
    if (step) call.requests[at] = (call.requests[at] as number) + cell.requests;
  });
  return { stepSeconds, startsS, services: [...services.values()], calls: [...calls.values()] };
}

// Who has felt a trouble: requests of visitors that were slow or failed since it began, beyond the usual, and how many visitors.
import type { VisitTable } from "../../model/visits.ts";
import { KINDS, kindsOf } from "../journeys/visits/people.ts";
import { eachVisit, numberVisitors } from "../journeys/visits/visitors.ts";
import { quantile } from "./robust.ts";

/** `among`: all of the same time. Robots are left out of both. */
export type Impact = {
  readonly requests: number;
  readonly visitors: number;
  readonly among: { readonly requests: number; readonly visitors: number };
};

/** A visitor's request is slow that takes longer than this quantile of those of its route before, of so many. */
const SLOW = 0.95;
const FEWEST_OF_ROUTE = 20;
/** beyond what chance adds to the usual, in deviations */
const NO_CHANCE = 3;
/** more would keep everybody else waiting */
const MOST_ROWS = 500_000;
const ROBOT = KINDS.indexOf("robot");

/** Of one route: how often it was asked for, and by whom it was so badly, as often as it was. */
type Met = { requests: number; readonly by: number[] };

/** @param sinceMs when it began, ms since the epoch. undefined: nobody from outside has felt it, nobody is known, or too many are */
export function impactOf(table: VisitTable, sinceMs: number): Impact | undefined {
  if (table.chunks.reduce((sum, { rows }) => sum + rows, 0) > MOST_ROWS) return undefined;
  const numbered = numberVisitors(table);
  const kinds = kindsOf(table, numbered);
  const slowMs = slownessBefore(table, sinceMs);
  // of as long a time before
  const fromMs = 2 * sinceMs - table.toMs;
  const met = new Map([...slowMs.keys()].map((place) => [place, { before: nobody(), since: nobody() }]));
  const seen = new Set<number>();
  let all = 0;
  let at = 0;
  eachVisit(table, ({ timesMs, places, statuses, latenciesMs }, row) => {
    const who = numbered.of[at++] as number;
    const atMs = timesMs[row] as number;
    if (kinds[who] === ROBOT || atMs < fromMs) return;
    if (atMs >= sinceMs) {
      all++;
      seen.add(who);
    }
    const place = places[row] as number;
    const to = met.get(place)?.[atMs < sinceMs ? "before" : "since"];
    if (!to) return;
    to.requests++;
    const isBad = (latenciesMs[row] as number) > (slowMs.get(place) as number) || (statuses[row] as number) >= 500;
    if (isBad) to.by.push(who);
  });
  const worse = [...met.values()].filter(isWorse);
  const people = worse.flatMap(({ since }) => since.by);
  const usual = worse.reduce((sum, one) => sum + expected(one), 0);
  if (people.length === 0) return undefined;
  // of those who met something bad as many had done so anyway as of the requests
  const visitors = Math.round(new Set(people).size * (1 - usual / people.length));
  return { requests: Math.round(people.length - usual), visitors, among: { requests: all, visitors: seen.size } };
}

/** ms, of each place that was asked for often enough */
function slownessBefore(table: VisitTable, sinceMs: number): ReadonlyMap<number, number> {
  const took = new Map<number, number[]>();
  eachVisit(table, ({ timesMs, places, latenciesMs }, row) => {
    if ((timesMs[row] as number) >= sinceMs) return;
    const place = places[row] as number;
    if (!took.has(place)) took.set(place, []);
    took.get(place)?.push(latenciesMs[row] as number);
  });
  const known = [...took].filter(([, all]) => all.length >= FEWEST_OF_ROUTE);
  return new Map(known.map(([place, all]) => [place, quantile(all, SLOW)]));
}

function nobody(): Met {
  return { requests: 0, by: [] };
}

/** So many bad ones since it began, were it as before. */
function expected({ before, since }: { readonly before: Met; readonly since: Met }): number {
  return (since.requests * (before.by.length + 1)) / (before.requests + 2);
}

function isWorse(of: { readonly before: Met; readonly since: Met }): boolean {
  const usual = expected(of);
  return of.since.by.length - usual > NO_CHANCE * Math.sqrt(usual);
}

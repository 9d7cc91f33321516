// The filter of `tap` as a condition in SQL over stored exchanges.
import { FLAG, METHODS } from "../../model/span.ts";
import { FUTURE_US } from "../ingest/arrival.ts";
import { OUTSIDE } from "../names.ts";
import { type TapFilter, type TraceWindow, traceMatch } from "../query/condition.ts";
import type { Exchange } from "../query/exchange.ts";
import { type IdMatch, TRACE_WORDS } from "../query/ids.ts";
import { routeCondition } from "./route-condition.ts";
import type { Shelf } from "./shelves.ts";

/** in the year 2255 */
const FOREVER_US = 9e15;

/** Rows that meet `sql` and one of `anyOf`. Those are kept apart because an engine finds the rows of each by the statistics of
 *  one column, and of their OR only by reading all of them. */
export type Condition = {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly anyOf: readonly string[];
  /** what meets it ended in [fromUs, toUs) */
  readonly ended: Ended;
};

type Ended = { readonly fromUs: number; readonly toUs: number };

export type StoredIdsOf = {
  readonly peers: (service: string) => readonly number[];
  readonly error: (code: string) => number | undefined;
  /** keys of the rules whose requests are counted under that name */
  readonly rules: (route: string) => readonly number[];
};

/** The filter over the columns of a stored exchange; of a route and of several traces it lets more through, see `isMeant`. */
export function sqlCondition(filter: TapFilter, idsOf: StoredIdsOf): Condition {
  const parts: string[] = [];
  const values: (string | number)[] = [];
  const meet = (sql: string, ...more: (string | number)[]) => {
    parts.push(sql);
    values.push(...more);
  };
  const inPeers = (column: string, service: string) => {
    const ids = idsOf.peers(service);
    return ids.length > 0 ? `${column} IN (${ids.join(", ")})` : "false";
  };
  const isCalled = (name: string): [string, string[]] => {
    const called = `destination = 0 AND flags & ${FLAG.egress} <> 0`;
    const host = `CASE WHEN authority LIKE '[%' THEN regexp_extract(authority, '^\\[([^\\]]*)', 1)
      WHEN authority LIKE '%:%:%' THEN authority ELSE split_part(authority, ':', 1) END`;
    if (name === OUTSIDE) return [`destination = 0 AND (NOT (${called}) OR (${host}) IN ('', ?))`, [name]];
    return [`${inPeers("destination", name)} OR (${called} AND (${host}) = ?)`, [name]];
  };

  if (filter.source !== undefined) meet(inPeers("source", filter.source));
  if (filter.destination !== undefined) {
    const [sql, more] = isCalled(filter.destination);
    meet(sql, ...more);
  }
  if (filter.service !== undefined) {
    const [sql, more] = isCalled(filter.service);
    meet(`${inPeers("source", filter.service)} OR ${sql}`, ...more);
  }
  if (filter.method !== undefined) meet("method = ?", (METHODS as readonly string[]).indexOf(filter.method));
  if (filter.pathPrefix !== undefined) meet("starts_with(path, ?)", filter.pathPrefix);
  const route = filter.route === undefined ? undefined : routeCondition(filter.route, idsOf.rules(filter.route));
  if (route) meet(...route);
  if (filter.status) meet("status BETWEEN ? AND ?", ...filter.status);
  if (filter.error === "any") meet("error <> 0");
  else if (filter.error !== undefined) meet("error = ?", idsOf.error(filter.error) ?? -1);
  if (filter.minDurationUs !== undefined) meet(`"end" >= ?`, filter.minDurationUs);
  meet(endedIn(filter));
  if (filter.isTop) meet(`parent0 = 0 AND parent1 = 0 AND protocol IN (1, 2)`);
  if (filter.isFailure) meet("error <> 0 OR status >= 500");
  const ids = (filter.ids ?? []).map(idSql);
  const traces = stretches(filter.traces ?? []).map(tracesSql);
  return {
    sql: parts.map((part) => `(${part})`).join(" AND ") || "true",
    values,
    anyOf: [...ids, ...traces],
    ended: hull(filter.traces && !filter.ids ? filter.traces : [filter]),
  };
}

/** From the first begin to the last end. */
function hull(windows: readonly Partial<Ended>[]): Ended {
  return {
    fromUs: Math.min(...windows.map(({ fromUs = 0 }) => fromUs)),
    toUs: Math.max(...windows.map(({ toUs = FOREVER_US }) => toUs)),
  };
}

/** A shelf of these may have what ended then: it came in after its end, but for what clocks differ by, and began before. */
export function mayHold({ seen }: Pick<Shelf, "seen">, { fromUs, toUs }: Ended): boolean {
  return !seen || (seen.cameUs >= fromUs - FUTURE_US && seen.beganUs < toUs);
}

/** What the condition cannot say of a row that meets it; undefined: nothing. */
export function isMeant({ route, traces }: TapFilter): ((exchange: Exchange) => boolean) | undefined {
  if (route === undefined && !traces) return undefined;
  const windows = traces && Map.groupBy(traces, ({ id }) => id);
  return (one) => {
    if (route !== undefined && one.route !== route) return false;
    const endUs = one.startUs + one.durationUs;
    const isIn = ({ fromUs = 0, toUs = FOREVER_US }: TraceWindow) => endUs >= fromUs && endUs < toUs;
    return !windows || (windows.get(one.traceId)?.some(isIn) ?? false);
  };
}

/** The traces whose windows overlap are looked for in one go. */
function stretches(traces: readonly TraceWindow[]): TraceWindow[][] {
  const found: TraceWindow[][] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const one of traces.toSorted((a, b) => (a.fromUs ?? 0) - (b.fromUs ?? 0))) {
    if ((one.fromUs ?? 0) < until) found.at(-1)?.push(one);
    else found.push([one]);
    until = Math.max(until, one.toUs ?? FOREVER_US);
  }
  return found;
}

/** By the last word of the ids, which everybody draws at random; all four cost the engine three times as much. */
function tracesSql(traces: readonly TraceWindow[]): string {
  const words = traces.map(({ id }) => traceMatch(id).prefix.at(-1)?.[0]);
  return `${TRACE_WORDS.at(-1)} IN (${words.join(", ")}) AND ${endedIn(hull(traces))}`;
}

/** The columns by themselves bound it too, so that what is far from it is not read: an exchange has its ordinal from the clock
 *  when it comes in, which is after its end but for what clocks differ by, and it begins before it ends. */
function endedIn({ fromUs, toUs }: Pick<TapFilter, "fromUs" | "toUs">): string {
  const parts = [
    ...(fromUs === undefined ? [] : [`ordinal >= ${fromUs - FUTURE_US}`, `epoch_us(time) + "end" >= ${fromUs}`]),
    ...(toUs === undefined ? [] : [`time < make_timestamp(${Math.ceil(toUs)})`, `epoch_us(time) + "end" < ${toUs}`]),
  ];
  return parts.join(" AND ") || "true";
}

function idSql({ words, prefix }: IdMatch): string {
  return prefix
    .map(([from, to], i) => (from === to ? `${words[i]} = ${from}` : `${words[i]} BETWEEN ${from} AND ${to}`))
    .join(" AND ");
}

// What `tap` shows: one filter, as a test of a row in memory and as a condition in SQL. The two must agree; a test
// compares them over random exchanges.
import { ERROR_CODES } from "../../base/errors/index.ts";
import { FLAG, METHODS } from "../../model/span.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";
import { type Arrival, FUTURE_US } from "../ingest/arrival.ts";
import { hostOf } from "../live/series.ts";
import { type Names, OUTSIDE } from "../names.ts";
import { type IdMatch, idPrefix, idSql, idTest, TRACE_WORDS } from "./ids.ts";
import { routeCondition } from "./route-condition.ts";

export type TapFilter = {
  /** on either side */
  readonly service?: string;
  readonly source?: string;
  readonly destination?: string;
  readonly method?: string;
  readonly pathPrefix?: string;
  /** `GET /cart/{id}`, `{other}` */
  readonly route?: string;
  /** inclusive; [500, 599] for `5xx` */
  readonly status?: readonly [from: number, to: number];
  /** a code, or `any` */
  readonly error?: string;
  readonly minDurationUs?: number;
  /** when the exchange ended, µs since the epoch */
  readonly fromUs?: number;
  readonly toUs?: number;
  /** whose ids match in one of these ways */
  readonly ids?: readonly IdMatch[];
  /** of one of these traces, and where it may lie in time */
  readonly traces?: readonly TraceWindow[];
  /** only what traces begin with: requests of HTTP that are nobody's call */
  readonly isTop?: boolean;
  /** answered with a failure, or not answered */
  readonly isFailure?: boolean;
};

/** @param id whole; the rest as in TapFilter */
export type TraceWindow = { readonly id: string; readonly fromUs?: number; readonly toUs?: number };

/** Rows that meet `sql` and one of `anyOf`. Those are kept apart because an engine finds the rows of each by the statistics of
 *  one column, and of their OR only by reading all of them. */
export type Condition = {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly anyOf: readonly string[];
};

/** Who was called: a service, an outside name, or just the outside. */
export function destinationName(service: string, flags: number, authority: string): string {
  if (service !== OUTSIDE || (flags & FLAG.egress) === 0) return service;
  return hostOf(authority) || OUTSIDE;
}

export type StoredIdsOf = {
  readonly peers: (service: string) => readonly number[];
  readonly error: (code: string) => number | undefined;
  /** keys of the rules whose requests are counted under that name */
  readonly rules: (route: string) => readonly number[];
};

/** The filter over the columns of a stored exchange; of a route it lets more through. */
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
  const traces = (filter.traces ?? []).map((one) => `${idSql(traceMatch(one.id))} AND ${endedIn(one)}`);
  return { sql: parts.map((part) => `(${part})`).join(" AND ") || "true", values, anyOf: [...ids, ...traces] };
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

function isTop({ parent0, parent1, protocol }: SpanColumns, row: number): boolean {
  return parent0[row] === 0 && parent1[row] === 0 && (protocol[row] === 1 || protocol[row] === 2);
}

function traceMatch(id: string): IdMatch {
  return { words: TRACE_WORDS, prefix: idPrefix(id) };
}

function traceTest({ id, ...window }: TraceWindow) {
  const match = traceMatch(id);
  return { first: match.prefix[0]?.[0], isIt: idTest(match), ...window };
}

export type RowTest = (arrival: Arrival, row: number) => boolean;

/** Compiled once per question: a follower's filter sees every span. */
export function rowTest(filter: TapFilter, names: Names): RowTest {
  const method = filter.method === undefined ? -1 : (METHODS as readonly string[]).indexOf(filter.method);
  const error = filter.error === undefined ? -1 : (ERROR_CODES as readonly string[]).indexOf(filter.error) + 1;
  const sourceOf = ({ sources }: Arrival, row: number) => names.byId(sources[row] as number).service;
  const destinationOf = ({ destinations, batch }: Arrival, row: number) =>
    destinationName(
      names.byId(destinations[row] as number).service,
      batch.columns.flags[row] as number,
      batch.authorities[row] as string,
    );

  const ids = filter.ids?.map(idTest);
  // many traces are looked for at once: one word of the id tells which it may be
  const traces = filter.traces && Map.groupBy(filter.traces.map(traceTest), ({ first }) => first);
  const isIn = ({ fromUs, toUs }: Pick<TapFilter, "fromUs" | "toUs">, endUs: number) =>
    (fromUs === undefined || endUs >= fromUs) && (toUs === undefined || endUs < toUs);

  return (arrival, row) => {
    const { columns, paths } = arrival.batch;
    const end = columns.end[row] as number;
    if (filter.minDurationUs !== undefined && end < filter.minDurationUs) return false;
    if (filter.method !== undefined && columns.method[row] !== method) return false;
    const status = columns.status[row] as number;
    if (filter.status && (status < filter.status[0] || status > filter.status[1])) return false;
    const failure = columns.error[row] as number;
    if (filter.error === "any" ? failure === 0 : filter.error !== undefined && (error === 0 || failure !== error)) {
      return false;
    }
    if (filter.pathPrefix !== undefined && !(paths[row] as string).startsWith(filter.pathPrefix)) return false;
    if (filter.route !== undefined && names.routeName(arrival.routes[row] as number) !== filter.route) return false;
    const endUs = Math.floor(columns.startUs[row] as number) + end;
    if (!isIn(filter, endUs)) return false;
    if (ids && !ids.some((test) => test(columns, row))) return false;
    if (
      traces &&
      !traces.get(columns.trace0[row] as number)?.some((one) => one.isIt(columns, row) && isIn(one, endUs))
    ) {
      return false;
    }
    if (filter.isTop && !isTop(columns, row)) return false;
    if (filter.isFailure && failure === 0 && status < 500) return false;
    if (filter.source !== undefined && sourceOf(arrival, row) !== filter.source) return false;
    if (filter.destination !== undefined && destinationOf(arrival, row) !== filter.destination) return false;
    if (filter.service === undefined) return true;
    return sourceOf(arrival, row) === filter.service || destinationOf(arrival, row) === filter.service;
  };
}

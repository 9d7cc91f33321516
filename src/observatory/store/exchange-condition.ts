// The filter of `tap` as a condition in SQL over stored exchanges.
import { FLAG, METHODS } from "../../model/span.ts";
import { FUTURE_US } from "../ingest/arrival.ts";
import { OUTSIDE } from "../names.ts";
import { type TapFilter, traceMatch } from "../query/condition.ts";
import type { IdMatch } from "../query/ids.ts";
import { routeCondition } from "./route-condition.ts";

/** Rows that meet `sql` and one of `anyOf`. Those are kept apart because an engine finds the rows of each by the statistics of
 *  one column, and of their OR only by reading all of them. */
export type Condition = {
  readonly sql: string;
  readonly values: readonly (string | number)[];
  readonly anyOf: readonly string[];
};

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

function idSql({ words, prefix }: IdMatch): string {
  return prefix
    .map(([from, to], i) => (from === to ? `${words[i]} = ${from}` : `${words[i]} BETWEEN ${from} AND ${to}`))
    .join(" AND ");
}

// What `tap` shows: one filter, and as a test of a row in memory. The store has it as a condition of its own, and the two must
// agree; a test compares them over random exchanges.
import { ERROR_CODES } from "../../base/errors/index.ts";
import { FLAG, METHODS } from "../../model/span.ts";
import type { SpanColumns } from "../../model/span-buffer.ts";
import type { Arrival } from "../ingest/arrival.ts";
import { hostOf } from "../live/series.ts";
import { type Names, OUTSIDE } from "../names.ts";
import { type IdMatch, idPrefix, idTest, TRACE_WORDS } from "./ids.ts";

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

/** Who was called: a service, an outside name, or just the outside. */
export function destinationName(service: string, flags: number, authority: string): string {
  if (service !== OUTSIDE || (flags & FLAG.egress) === 0) return service;
  return hostOf(authority) || OUTSIDE;
}

function isTop({ parent0, parent1, protocol }: SpanColumns, row: number): boolean {
  return parent0[row] === 0 && parent1[row] === 0 && (protocol[row] === 1 || protocol[row] === 2);
}

/** The trace of that whole id. */
export function traceMatch(id: string): IdMatch {
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

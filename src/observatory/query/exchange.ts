// One exchange as people see it, from a row in memory or in the store.
import { ERROR_CODES } from "../../base/errors/index.ts";
import { hexWords } from "../../base/hex.ts";
import type { SeenExchange } from "../../model/figures.ts";
import { ABSENT, FLAG, METHODS, PHASES, PROTOCOLS, type SpanColumn } from "../../model/span.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { Names, Peer } from "../names.ts";
import { destinationName } from "./condition.ts";

export type Exchange = SeenExchange & {
  /** orders exchanges by arrival, newest highest */
  readonly ordinal: number;
};

type Parts = {
  readonly ordinal: number;
  readonly startUs: number;
  readonly source: Peer;
  readonly destination: Peer;
  readonly error: string | undefined;
  readonly path: string;
  readonly authority: string;
  /** that the parent is right, 0…1 */
  readonly confidence: number;
  readonly weight: number;
  readonly names: Names;
  readonly columns: Readonly<Record<SpanColumn, number>>;
};

const FLAGS = Object.entries(FLAG);

export function exchange({
  columns,
  source,
  destination,
  error,
  confidence,
  weight,
  names,
  ...parts
}: Parts): Exchange {
  const phases: Record<string, number> = {};
  for (const name of PHASES) if (columns[name] !== ABSENT) phases[name] = columns[name];
  const called = destinationName(destination.service, columns.flags, parts.authority);
  const { method, rule, flags } = columns;
  const asked = { namespace: destination.namespace, service: called, method, path: parts.path, rule, flags };
  const route = names.routeName(names.routeOf(asked, false));
  const [requestUs, answerUs] = [columns.requestHeld, columns.answerHeld];
  const resentUs = columns.serverResent === ABSENT ? 0 : columns.serverResent;
  return {
    ...parts,
    traceId: hexWords(columns.trace0, columns.trace1, columns.trace2, columns.trace3),
    spanId: hexWords(columns.client0, columns.client1),
    serverSpanId: hexWords(columns.server0, columns.server1),
    ...((columns.parent0 | columns.parent1) === 0 ? {} : { parentSpanId: hexWords(columns.parent0, columns.parent1) }),
    confidence: Math.round(confidence * 1000) / 1000,
    ...(weight === 1 ? {} : { weight }),
    source: source.service,
    sourceWorkload: source.workload,
    destination: called,
    destinationWorkload: destination.workload,
    ...(destination.version === "" ? {} : { version: destination.version }),
    port: columns.port,
    protocol: PROTOCOLS[columns.protocol] ?? "tcp",
    method: METHODS[columns.method] ?? "_OTHER",
    ...(route === "" ? {} : { route }),
    status: columns.status,
    attempts: columns.attempts,
    ...(rule === 0 ? {} : { rule: names.rule(rule)?.name ?? `rule-${rule}` }),
    ...(columns.rival === 0 ? {} : { rival: names.workload(columns.rival).workload }),
    ...(error === undefined ? {} : { error }),
    flags: FLAGS.filter(([, bit]) => (columns.flags & bit) !== 0).map(([name]) => name),
    durationUs: columns.end,
    phases,
    ...(requestUs + answerUs + resentUs > 0 && { waits: { requestUs, answerUs, resentUs } }),
    requestBytes: columns.requestBytes,
    responseBytes: columns.responseBytes,
  };
}

/** Row `row` of a batch that is still in memory. */
export function arrivedExchange(arrival: Arrival, row: number, names: Names): Exchange {
  const { columns, paths, authorities } = arrival.batch;
  const values: Partial<Record<SpanColumn, number>> = {};
  for (const name of Object.keys(columns) as SpanColumn[]) values[name] = columns[name][row] as number;
  const error = values.error as number;
  return exchange({
    ordinal: arrival.ordinal + row,
    startUs: Math.floor(values.startUs as number),
    source: names.byId(arrival.sources[row] as number),
    destination: names.byId(arrival.destinations[row] as number),
    error: error === 0 ? undefined : ERROR_CODES[error - 1],
    path: paths[row] as string,
    authority: authorities[row] as string,
    confidence: arrival.confidences[row] as number,
    weight: arrival.weights[row] as number,
    names,
    columns: values as Record<SpanColumn, number>,
  });
}

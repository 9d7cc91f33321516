// From what the observatory found to the documents of types.ts.
import type { Change } from "../model/change.ts";
import type { ResourcePoint, StepFigures, WorkloadHistory } from "../model/figures.ts";
import type { Exchange } from "../observatory/query/exchange.ts";
import type { Found } from "../observatory/query/found.ts";
import type { FoundSteps } from "../observatory/query/queries.ts";
import type { Answer, ChangeRow, Envelope, ResourceStep, ResourcesRow, SeriesRow, Stepped, TapRow } from "./types.ts";

export function envelope(found: Omit<Found<unknown>, "rows">): Envelope {
  return {
    asOf: iso(found.asOfUs),
    window: { from: iso(found.window.fromUs), to: iso(found.window.toUs) },
    coverage: found.coverage,
    ...(found.probes !== undefined && { probes: found.probes }),
  };
}

export function answer<From, Row>(found: Found<From>, row: (from: From) => Row): Answer<Row> {
  return { ...envelope(found), rows: found.rows.map(row) };
}

export function stepped<From, Row>(found: FoundSteps<From>, row: (from: From) => Row): Stepped<Row> {
  return { ...answer(found, row), stepSeconds: found.stepSeconds };
}

export function tapRow({ ordinal: _, startUs, ...rest }: Exchange): TapRow {
  return { time: isoMicros(startUs), ...rest };
}

export function changeRow({ atUs, ...rest }: Change): ChangeRow {
  return { time: iso(atUs), ...rest };
}

export function seriesRow({ startUs, isPartial, ...signals }: StepFigures): SeriesRow {
  return { time: iso(startUs), ...signals, ...(isPartial && { isPartial }) };
}

export function resourcesRow({ points, ...name }: WorkloadHistory): ResourcesRow {
  return { ...name, points: points.map(resourceStep) };
}

function resourceStep({ startUs, ...rest }: ResourcePoint): ResourceStep {
  return { time: iso(startUs), ...rest };
}

function iso(us: number): string {
  return new Date(us / 1000).toISOString();
}

/** Two exchanges of one page come within a millisecond. */
export function isoMicros(us: number): string {
  const micros = String(Math.floor(us % 1e6)).padStart(6, "0");
  return `${iso(us).slice(0, 19)}.${micros}Z`;
}

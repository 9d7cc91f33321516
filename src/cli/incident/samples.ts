// Rows of CSV as samples. What is no number, negative or out of its range is refused with line and column.
import { Misread } from "../../protocol/events/misread.ts";

const COLUMNS = [
  ...(["time", "service", "requests", "availability"] as const),
  ...(["latency_avg_s", "latency_p50_s", "latency_p90_s", "latency_p95_s", "latency_p99_s"] as const),
] as const;
type Column = (typeof COLUMNS)[number];

export type Sample = {
  /** unix seconds */
  readonly time: number;
  readonly service: string;
  /** NaN where the cell is empty: requests, availability in percent, latencies in s */
  readonly figures: readonly number[];
};

export function sampleRows(into: Sample[]) {
  let places: ReadonlyMap<Column, number> | undefined;
  let size = 0;
  return (fields: readonly string[], line: number) => {
    if (!places) {
      places = header(fields, line);
      size = fields.length;
      return;
    }
    if (fields.length !== size) throw new Misread(line, `has ${fields.length} fields, and the header ${size}`);
    const cell = (column: Column) => fields[places?.get(column) as number] as string;
    const time = number(cell("time"), "time", line);
    if (Number.isNaN(time)) throw new Misread(line, 'has no "time"');
    const service = cell("service");
    if (service === "") throw new Misread(line, 'has no "service"');
    into.push({ time, service, figures: COLUMNS.slice(2).map((column) => number(cell(column), column, line)) });
  };
}

function header(fields: readonly string[], line: number): ReadonlyMap<Column, number> {
  return new Map(
    COLUMNS.map((column) => {
      const at = fields.indexOf(column);
      if (at < 0) throw new Misread(line, `has no column "${column}"`);
      return [column, at] as const;
    }),
  );
}

function number(cell: string, column: Column, line: number): number {
  if (cell === "") return Number.NaN;
  const value = Number(cell);
  const most = column === "availability" ? 100 : Number.POSITIVE_INFINITY;
  // Shares that were computed may exceed their range by a rounding.
  if (cell.trim() === "" || !Number.isFinite(value) || value < -1e-9 || value > most + 1e-6) {
    throw new Misread(line, `has "${cell.slice(0, 40)}" in column "${column}"`);
  }
  return Math.min(most, Math.max(0, value));
}

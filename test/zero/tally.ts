// From what the callers got and what the services wrote down to one row of the table.
import type { LoadResult } from "./load.ts";

export type Row = {
  readonly event: string;
  readonly repeated: number;
  readonly requests: number;
  /** that have carried out a POST, by their own records: the first ones, and those that came by the events */
  readonly replicas: number;
  readonly failedByApp: number;
  /** without a whole and right answer, though the service did not fail */
  readonly failedByMesh: number;
  readonly twice: number;
  /** answered well, and in no service's records */
  readonly never: number;
  readonly p99Ms: number;
  readonly slowestMs: number;
  readonly isForInformation: boolean;
  /** what came in the way of the event itself */
  readonly trouble: readonly string[];
};

export type Loads = Readonly<Record<string, LoadResult>>;

export function tally(
  event: Pick<Row, "event" | "repeated" | "isForInformation" | "trouble">,
  loads: Loads,
  records: readonly (readonly string[])[],
): Row {
  const times = new Map<string, number>();
  for (const line of records.flat()) {
    const [what, id] = line.split(" ");
    if (what === "done" && id) times.set(id, (times.get(id) ?? 0) + 1);
  }
  const results = Object.values(loads);
  const sum = (of: (one: LoadResult) => number) => results.reduce((total, one) => total + of(one), 0);
  const most = (of: (one: LoadResult) => number) => Math.max(0, ...results.map(of));
  const posted = Object.entries(loads).flatMap(([name, one]) => one.posted.map((id) => `${name}-${id}`));
  return {
    ...event,
    requests: sum((one) => one.requests),
    replicas: records.filter((lines) => lines.some((line) => line.startsWith("done "))).length,
    failedByApp: sum((one) => one.failedByApp),
    failedByMesh: sum((one) => one.failures),
    twice: [...times.values()].filter((count) => count > 1).length,
    never: posted.filter((id) => !times.has(id)).length,
    p99Ms: most((one) => one.p99Ms),
    slowestMs: most((one) => one.slowestMs),
  };
}

/** Nothing that must be zero is anything else. A killed worker takes its connections with it, and does nothing twice. */
export function isSound({ failedByMesh, twice, never, isForInformation, trouble }: Row): boolean {
  return twice === 0 && never === 0 && trouble.length === 0 && (failedByMesh === 0 || isForInformation);
}

export function table(rows: readonly Row[]): string[] {
  const heads = [
    "event",
    "repeated",
    "requests",
    "replicas",
    "failed: app",
    "mesh",
    "POST twice",
    "OK, not done",
    "p99",
    "slowest",
    "",
  ];
  const cells = rows.map((row) => [
    row.event,
    String(row.repeated),
    String(row.requests),
    String(row.replicas),
    String(row.failedByApp),
    String(row.failedByMesh),
    String(row.twice),
    String(row.never),
    `${row.p99Ms} ms`,
    `${row.slowestMs} ms`,
    isSound(row) ? (row.isForInformation ? "for information" : "ok") : "FAILED",
  ]);
  const widths = heads.map((head, at) => Math.max(head.length, ...cells.map((line) => (line[at] ?? "").length)));
  return [heads, ...cells].map((line) =>
    line
      .map((cell, at) =>
        at === 0 || at === heads.length - 1 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0),
      )
      .join("  ")
      .trimEnd(),
  );
}

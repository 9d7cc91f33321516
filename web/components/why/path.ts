// The calls between the places of a path, with a figure of each as it usually is and now. Pure: rows of /edges in, steps out.
import type { EdgeRow } from "../../../src/api/types.ts";
import { duration, failed, percent, rate } from "../../data/format.ts";
import { isNamed } from "../../data/names.ts";
import type { Call, Metric } from "../../data/view.ts";

export type Step = {
  readonly call: Call;
  /** the path leads from who is asked to who asks */
  readonly isUpwards: boolean;
  /** of the calls meanwhile; undefined: there was none */
  readonly now?: EdgeRow;
  readonly before?: EdgeRow;
};

export type Calls = { readonly now: readonly EdgeRow[]; readonly before: readonly EdgeRow[] };

/** From place to place; a path that nobody has called along leads where such a path leads: to callers when less or more was asked. */
export function stepsOf(path: readonly string[], { now, before }: Calls, metric: Metric): Step[] {
  return path.slice(1).map((to, place) => {
    const from = path[place] as string;
    const down: Call = { source: from, destination: to };
    const up: Call = { source: to, destination: from };
    const likeliest = metric === "throughput" ? [up, down] : [down, up];
    const call = likeliest.find((one) => busiest(now, one) ?? busiest(before, one)) ?? (likeliest[0] as Call);
    const [is, was] = [busiest(now, call), busiest(before, call)];
    return { call, isUpwards: call === up, ...(is && { now: is }), ...(was && { before: was }) };
  });
}

/** Services may be called on several ports. */
function busiest(rows: readonly EdgeRow[], { source, destination }: Call): EdgeRow | undefined {
  return rows
    .filter(
      (row) =>
        isNamed(source, row.source, row.sourceNamespace) &&
        isNamed(destination, row.destination, row.destinationNamespace),
    )
    .toSorted((a, b) => b.requests - a.requests)[0];
}

/** undefined: not known */
export function figureOf(row: EdgeRow | undefined, metric: Metric): string | undefined {
  if (!row) return undefined;
  if (metric === "throughput") return rate(row.rps);
  if (metric === "latency") return row.p95 === undefined ? undefined : duration(row.p95);
  const share = failed(row);
  return share === undefined ? undefined : percent(share);
}

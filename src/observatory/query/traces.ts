// Whole traces: one by its id or by that of an exchange in it, and examples.
import { MeshError } from "../../base/errors/index.ts";
import type { TapFilter } from "./condition.ts";
import type { Exchange } from "./exchange.ts";
import type { Found } from "./found.ts";

/** an id with fewer digits names too many */
const FEWEST_DIGITS = 4;
/** exchanges of one trace that are shown */
const MOST_SPANS = 5_000;
/** exchanges that examples are chosen from */
const MOST_SEEN = 2_000;

export type FoundTraces = Found<readonly Exchange[]>;
export type FoundTrace = Found<Exchange> & { readonly traceId: string };

export type Examples = {
  /** of exchanges: a trace is shown when one of its exchanges meets it */
  readonly filter: TapFilter;
  /** the longest instead of the newest */
  readonly isSlow: boolean;
  readonly limit: number;
};

type Tap = (filter: TapFilter, limit: number) => Promise<Found<Exchange>>;

/** @param id hex digits: of a trace or of an exchange, or the beginning of one
 *  @throws MeshError question_invalid, trace_unknown */
export async function traceById(tap: Tap, id: string): Promise<FoundTrace> {
  const digits = id.toLowerCase().replaceAll("-", "");
  if (!/^[0-9a-f]{4,32}$/.test(digits)) {
    throw new MeshError("question_invalid", `an id has ${FEWEST_DIGITS} to 32 hex digits, not ${id}`);
  }
  const { rows } = await tap({ id: digits }, MOST_SPANS);
  const byTrace = rows.filter(({ traceId }) => traceId.startsWith(digits));
  const ids = [...new Set((byTrace.length > 0 ? byTrace : rows).map(({ traceId }) => traceId))];
  const [traceId] = ids;
  if (traceId === undefined) throw new MeshError("trace_unknown", `no trace and no exchange has the id ${id}`);
  if (ids.length > 1) {
    const some = ids.slice(0, 5).join(", ");
    throw new MeshError("question_invalid", `${id} is the beginning of ${ids.length} ids: ${some}; write more of it`);
  }
  return { traceId, ...(await tap({ traces: [traceId] }, MOST_SPANS)) };
}

/** One row per trace, each its exchanges. */
export async function exampleTraces(tap: Tap, { filter, isSlow, limit }: Examples): Promise<FoundTraces> {
  const seen = await tap(filter, MOST_SEEN);
  const best = seen.rows.toSorted((a, b) => (isSlow ? b.durationUs - a.durationUs : b.ordinal - a.ordinal));
  const ids = [...new Set(best.map(({ traceId }) => traceId))].slice(0, limit);
  if (ids.length === 0) return { ...seen, rows: [] };
  const { rows } = await tap({ traces: ids }, MOST_SPANS);
  const groups = Map.groupBy(rows, ({ traceId }) => traceId);
  return { ...seen, rows: ids.flatMap((id) => (groups.has(id) ? [groups.get(id) as Exchange[]] : [])) };
}

// Whole traces: one by its id or by that of an exchange in it, and examples.
import { MeshError } from "../../base/errors/index.ts";
import type { TapFilter, TraceWindow } from "./condition.ts";
import type { Exchange } from "./exchange.ts";
import type { Found } from "./found.ts";
import { idMatches } from "./ids.ts";

/** an id with fewer digits names too many */
const FEWEST_DIGITS = 4;
/** exchanges of one trace that are shown */
const MOST_SPANS = 5_000;
/** exchanges that examples are chosen from */
const MOST_SEEN = 2_000;
/** a trace may have several that are meant */
const SEEN_PER_TRACE = 5;
const AROUND_US = 120e6;

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
  for (const matches of idMatches(digits)) {
    const found = await tap({ ids: matches }, MOST_SPANS);
    const ids = [...new Set(found.rows.map(({ traceId }) => traceId))];
    const [traceId] = ids;
    if (traceId === undefined) continue;
    if (ids.length > 1) {
      const some = ids.slice(0, 5).join(", ");
      throw new MeshError("question_invalid", `${id} is the beginning of ${ids.length} ids: ${some}; write more of it`);
    }
    return { traceId, ...(traceId === digits ? found : await tap({ traces: [{ id: traceId }] }, MOST_SPANS)) };
  }
  throw new MeshError("trace_unknown", `no trace and no exchange has the id ${id}`);
}

/** One row per trace, each its exchanges. */
export async function exampleTraces(tap: Tap, { filter, isSlow, limit }: Examples): Promise<FoundTraces> {
  const seen = await tap(filter, isSlow ? MOST_SEEN : Math.min(MOST_SEEN, limit * SEEN_PER_TRACE));
  const best = seen.rows.toSorted((a, b) => (isSlow ? b.durationUs - a.durationUs : b.ordinal - a.ordinal));
  const byId = Map.groupBy(best, ({ traceId }) => traceId);
  const ids = [...byId.keys()].slice(0, limit);
  if (ids.length === 0) return { ...seen, rows: [] };
  const { rows } = await tap({ traces: ids.map((id) => around(id, byId.get(id) ?? [])) }, MOST_SPANS);
  const groups = Map.groupBy(rows, ({ traceId }) => traceId);
  return { ...seen, rows: ids.flatMap((id) => (groups.has(id) ? [groups.get(id) as Exchange[]] : [])) };
}

/** Examples show of a trace what ended around the exchange that they were chosen for. */
function around(id: string, exchanges: readonly Exchange[]): TraceWindow {
  const fromUs = Math.min(...exchanges.map(({ startUs }) => startUs)) - AROUND_US;
  const toUs = Math.max(...exchanges.map(({ startUs, durationUs }) => startUs + durationUs)) + AROUND_US;
  return { id, fromUs, toUs };
}

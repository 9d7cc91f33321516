// Which call under a request it was that failed, or that took the time. Of the exchanges of the last seconds those are
// remembered that failed or were slow, by whose request they were made for.
import { pairKey } from "../../base/pair-key.ts";
import { ABSENT, FLAG } from "../../model/span.ts";
import { type Arrival, CLIENT_GONE } from "../ingest/arrival.ts";
import type { Names } from "../names.ts";
import { destinationName } from "../query/condition.ts";

export type Culprits = {
  /** takes note of what is linked by now */
  see(arrival: Arrival): void;
  /** `402 at payment`, `slow at payment`; "": nothing under it failed, or none of its calls took the time */
  of(arrival: Arrival, row: number): string;
};

type Call = {
  /** the span ids under which calls that it made are found: the one it was sent, and its own */
  readonly ids: readonly [number, number];
  readonly service: string;
  /** "" when it went well */
  readonly failure: string;
  readonly durationUs: number;
};
type Calls = { failed: Call | undefined; slowest: Call | undefined };

/** what is quicker explains no visitor's waiting */
const SLOW_US = 20_000;
/** a call has the time of its caller when it takes at least so much of it */
const MOST_OF_IT = 0.5;
const MOST_DEPTH = 16;
/** parents whose calls are remembered; by the time these are more, the first are long answered */
const REMEMBERED = 50_000;

export function culprits(names: Names): Culprits {
  const byParent = new Map<number, Calls>();

  const callOf = ({ batch: { columns, authorities }, destinations }: Arrival, row: number): Call => {
    const { service } = names.byId(destinations[row] as number);
    const status = columns.status[row] as number;
    // who went away waited, and nothing need have failed
    const isFailed = status >= 400 || (columns.error[row] !== 0 && columns.error[row] !== CLIENT_GONE);
    const failure = status >= 400 ? String(status) : columns.firstByte[row] === ABSENT ? "no answer" : "error";
    return {
      ids: [
        pairKey(columns.server0[row] as number, columns.server1[row] as number),
        pairKey(columns.client0[row] as number, columns.client1[row] as number),
      ],
      service: destinationName(service, columns.flags[row] as number, authorities[row] as string),
      failure: isFailed ? failure : "",
      durationUs: columns.end[row] as number,
    };
  };

  /** The calls by whose fault it is, from the top to the bottom. */
  const follow = (top: Call, next: (calls: Calls, above: Call) => Call | undefined): Call | undefined => {
    let at = top;
    for (let depth = 0; depth < MOST_DEPTH; depth++) {
      const calls = byParent.get(at.ids[0]) ?? byParent.get(at.ids[1]);
      const below = calls && next(calls, at);
      if (!below) break;
      at = below;
    }
    return at === top ? undefined : at;
  };

  return {
    see(arrival) {
      const { columns } = arrival.batch;
      for (let row = 0; row < arrival.rows; row++) {
        const parent = pairKey(columns.parent0[row] as number, columns.parent1[row] as number);
        if (parent === 0 || ((columns.flags[row] as number) & (FLAG.attempt | FLAG.mirrored)) !== 0) continue;
        if (
          (columns.end[row] as number) < SLOW_US &&
          (columns.status[row] as number) < 400 &&
          columns.error[row] === 0
        ) {
          continue;
        }
        const call = callOf(arrival, row);
        const calls = byParent.get(parent) ?? { failed: undefined, slowest: undefined };
        byParent.set(parent, calls);
        if (call.failure !== "") calls.failed = call;
        if (call.durationUs >= SLOW_US && call.durationUs > (calls.slowest?.durationUs ?? 0)) calls.slowest = call;
      }
      for (const parent of byParent.keys()) {
        if (byParent.size <= REMEMBERED) break;
        byParent.delete(parent);
      }
    },
    of(arrival, row) {
      const top = callOf(arrival, row);
      if (top.failure !== "") {
        const found = follow(top, ({ failed }) => failed);
        return found ? `${found.failure} at ${found.service}` : "";
      }
      if (top.durationUs < SLOW_US) return "";
      const found = follow(top, ({ slowest }, above) =>
        slowest && slowest.durationUs >= MOST_OF_IT * above.durationUs ? slowest : undefined,
      );
      return found ? `slow at ${found.service}` : "";
    },
  };
}

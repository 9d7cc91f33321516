// Calls that wait for their request. It comes when it has ended, and one that goes on for seconds comes long after its first
// calls: these look like nobody's until then.
import { MOST_CALLS, MOST_KINDS, type Model } from "./model.ts";
import { NONE, type Window } from "./window.ts";

/** calls of nobody that are no reason yet to take their kind for nobody's, and as a share of those that were somebody's */
const FEW = 2;
const SELDOM = 0.1;

/** By kind, 1: its calls are hardly ever nobody's, as far as is known, so that one that looks so has its request still to come.
 *  Who is never asked waits for nothing. */
export function kindsThatWait(model: Model): Uint8Array {
  if (model.routeWeight.every((weight) => weight < 1)) return new Uint8Array(MOST_KINDS);
  const owned = new Float64Array(MOST_KINDS);
  for (let row = 0; row < model.countCount; row++) {
    const kind = (model.countPlaces[row] as number) % MOST_KINDS;
    for (let n = 1; n < MOST_CALLS; n++) {
      owned[kind] = (owned[kind] as number) + n * (model.counts[row * MOST_CALLS + n] as number);
    }
  }
  return Uint8Array.from(owned, (count, kind) => Number((model.strays[kind] as number) < FEW + SELDOM * count));
}

/** @param sinceUs of the window: those that ended before have waited long enough */
export function isWaiting({ call }: Window, waits: Uint8Array, c: number, sinceUs: number): boolean {
  return call.parent[c] === NONE && (call.end[c] as number) > sinceUs && waits[call.kind[c] as number] === 1;
}

// Requests that one action of a person sets off come together. A burst is what follows on each other within a second;
// people think longer than that, and machines do not.
import { type EventLog, eachCase, type Unit } from "../log.ts";

export const BURST_MS = 1000;

/** Calls `visit` with each burst: the places of its events in `places`, of which `size` are valid. */
export function eachBurst(
  log: EventLog,
  { unit, isIgnored, gapMs }: { readonly unit: Unit; readonly isIgnored: Uint8Array; readonly gapMs: number },
  visit: (places: Uint32Array, size: number, isFirst: boolean) => void,
): void {
  let places = new Uint32Array(64);
  eachCase(log, unit, (from, to) => {
    let size = 0;
    let isFirst = true;
    let previous = 0;
    for (let at = from; at < to; at++) {
      if (isIgnored[log.events[at] as number]) continue;
      const time = log.timesMs[at] as number;
      if (size > 0 && (gapMs < 0 || time - previous > gapMs)) {
        visit(places, size, isFirst);
        isFirst = false;
        size = 0;
      }
      if (size === places.length) {
        const more = new Uint32Array(size * 2);
        more.set(places);
        places = more;
      }
      places[size++] = at;
      previous = time;
    }
    if (size > 0) visit(places, size, isFirst);
  });
}

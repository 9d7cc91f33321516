// What people did, step by step: of each burst what it was for, without what nobody asked for, repetitions as one.

import { intentOf } from "../kind.ts";
import { type EventLog, eachCase, SESSION_GAP_MS, type Unit } from "../log.ts";
import { BURST_MS, eachBurst } from "./bursts.ts";
import { assets, companions, type Ignored, polls } from "./noise.ts";

export type Trails = {
  readonly names: readonly string[];
  readonly unit: Unit;
  /** codes of `names` */
  readonly steps: Uint16Array;
  /** of case c, the steps are from `starts[c]` to before `starts[c + 1]` */
  readonly starts: Uint32Array;
  readonly ignored: readonly Ignored[];
};

export function trailsOf(log: EventLog): Trails {
  const unit = unitOf(log);
  const isIgnored = new Uint8Array(log.names.length);
  const ignored: Ignored[] = [];
  const ignore = (events: ReadonlySet<number>, because: Ignored["because"]) => {
    const isAll = log.names.every((_, event) => isIgnored[event] || events.has(event));
    if (isAll) return;
    for (const event of events) {
      if (isIgnored[event]) continue;
      isIgnored[event] = 1;
      ignored.push({ event: log.names[event] as string, because });
    }
  };
  ignore(assets(log.names), "asset");
  ignore(polls(log, unit), "poll");
  const gapMs = isHuman(log, unit, isIgnored) ? BURST_MS : -1;
  if (gapMs > 0) ignore(companions(log, unit, isIgnored, gapMs), "goes-along");
  return { names: log.names, unit, ignored, ...collect(log, unit, isIgnored, gapMs) };
}

/** Where the pauses are longer than a session's, such as in a hospital, a case is all that a visitor did. */
function unitOf(log: EventLog): Unit {
  let short = 0;
  let long = 0;
  eachCase(log, "visitor", (from, to) => {
    for (let at = from + 1; at < to; at++) {
      if ((log.timesMs[at] as number) - (log.timesMs[at - 1] as number) > SESSION_GAP_MS) long++;
      else short++;
    }
  });
  return long > short ? "visitor" : "session";
}

/** Machines leave no time to think; taking their bursts for one action would leave nothing. */
function isHuman(log: EventLog, unit: Unit, isIgnored: Uint8Array): boolean {
  let pauses = 0;
  let thought = 0;
  let bursts = 0;
  let cases = 0;
  let previous = 0;
  eachBurst(log, { unit, isIgnored, gapMs: BURST_MS }, (places, size, isFirst) => {
    const start = log.timesMs[places[0] as number] as number;
    if (isFirst) cases++;
    else {
      pauses++;
      if (start - previous > 3 * BURST_MS) thought++;
    }
    bursts++;
    previous = log.timesMs[places[size - 1] as number] as number;
  });
  return bursts > 1.5 * cases && thought > 0.5 * pauses;
}

/** Burst by burst: all that it writes; else the rarest of what is asked for by itself and does not only follow. */
function collect(log: EventLog, unit: Unit, isIgnored: Uint8Array, gapMs: number): Pick<Trails, "steps" | "starts"> {
  const kinds = log.names.length;
  const writes = Uint8Array.from(log.names, (name) => Number(intentOf(name) === "writes"));
  const present = new Uint32Array(kinds);
  const led = new Uint32Array(kinds);
  const scope = { unit, isIgnored, gapMs };
  eachBurst(log, scope, (places, size) => {
    const leader = log.events[places[0] as number] as number;
    led[leader] = (led[leader] as number) + 1;
    for (let at = 0; at < size; at++) {
      const event = log.events[places[at] as number] as number;
      present[event] = (present[event] as number) + 1;
    }
  });
  const leads = Uint8Array.from(present, (times, event) => Number((led[event] as number) >= 0.1 * times));
  const rank = rarestFirst(log.names, present);

  const steps = new Uint16Array(log.events.length);
  const starts: number[] = [];
  let count = 0;
  eachBurst(log, scope, (places, size, isFirst) => {
    if (isFirst) starts.push(count);
    const begin = starts.at(-1) as number;
    let chosen = -1;
    let hasWritten = false;
    for (let at = 0; at < size; at++) {
      const event = log.events[places[at] as number] as number;
      if (writes[event]) {
        put(event, begin);
        hasWritten = true;
      } else if (leads[event] && (chosen < 0 || (rank[event] as number) < (rank[chosen] as number))) chosen = event;
    }
    if (!hasWritten && chosen >= 0) put(chosen, begin);
  });
  starts.push(count);
  return { steps: steps.slice(0, count), starts: Uint32Array.from(starts) };

  function put(event: number, begin: number): void {
    if (count === begin || steps[count - 1] !== event) steps[count++] = event;
  }
}

/** Those about as rare as each other are asked for together; the shortest name is the thing itself and not a part of it. */
function rarestFirst(names: readonly string[], present: Uint32Array): Uint32Array {
  const rarity = (event: number) => Math.round(Math.log(1 + (present[event] as number)) * 10);
  const length = (event: number) => (names[event] as string).length;
  const order = [...names.keys()].sort((a, b) => rarity(a) - rarity(b) || length(a) - length(b) || a - b);
  const rank = new Uint32Array(names.length);
  for (const [place, event] of order.entries()) rank[event] = place;
  return rank;
}

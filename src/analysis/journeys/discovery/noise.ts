// Which events nobody asked for: assets, polls, and what goes along with everything. Found by how they behave.

import { isAsset } from "../kind.ts";
import { type EventLog, eachCase, type Unit } from "../log.ts";
import { eachBurst } from "./bursts.ts";

export type Ignored = { readonly event: string; readonly because: "asset" | "poll" | "goes-along" };

/** Of the logarithm of the time to the same event again: people's is near 1, a timer's near 0. */
const REGULAR = 0.35;
/** Times that an event follows on itself in its case, at least, for each case that has it. */
const REPEATED = 2;
const MANY = 50;

/** A timer asks again and again, after the same time. */
export function polls(log: EventLog, unit: Unit): Set<number> {
  const kinds = log.names.length;
  const cases = new Uint32Array(kinds);
  const again = new Uint32Array(kinds);
  const sum = new Float64Array(kinds);
  const squares = new Float64Array(kinds);
  const seenAt = new Float64Array(kinds);
  const seenIn = new Int32Array(kinds).fill(-1);
  let number = 0;
  eachCase(log, unit, (from, to) => {
    for (let at = from; at < to; at++) {
      const event = log.events[at] as number;
      const time = log.timesMs[at] as number;
      if (seenIn[event] !== number) cases[event] = (cases[event] as number) + 1;
      else if (time > (seenAt[event] as number)) {
        const gap = Math.log(time - (seenAt[event] as number));
        again[event] = (again[event] as number) + 1;
        sum[event] = (sum[event] as number) + gap;
        squares[event] = (squares[event] as number) + gap * gap;
      }
      seenIn[event] = number;
      seenAt[event] = time;
    }
    number++;
  });
  const isPoll = (event: number) => {
    const count = again[event] as number;
    if (count < MANY || count < REPEATED * (cases[event] as number)) return false;
    const mean = (sum[event] as number) / count;
    return (squares[event] as number) / count - mean * mean < REGULAR ** 2;
  };
  return new Set([...log.names.keys()].filter(isPoll));
}

/** In at least `USUAL` of all bursts, seldom alone, and with several others, none of which it mostly comes with. */
const USUAL = 0.35;
const ALONE = 0.3;
const SEVERAL = 3;
const SOMETIMES = 0.03;
const MOSTLY = 0.85;
/** Of two that come together, as often as each other: what the one is with says nothing about it that is not so of the other. */
const TWINS = 0.9;

/** Sessions, beacons, menus: requests that come with whatever else is asked. */
export function companions(log: EventLog, unit: Unit, isIgnored: Uint8Array, gapMs: number): Set<number> {
  const kinds = log.names.length;
  const present = new Uint32Array(kinds);
  const alone = new Uint32Array(kinds);
  const partners = Array.from({ length: kinds }, () => new Map<number, number>());
  let bursts = 0;
  eachBurst(log, { unit, isIgnored, gapMs }, (places, size) => {
    bursts++;
    if (size === 1) {
      const event = log.events[places[0] as number] as number;
      present[event] = (present[event] as number) + 1;
      alone[event] = (alone[event] as number) + 1;
      return;
    }
    const events = new Set<number>();
    for (let at = 0; at < size; at++) events.add(log.events[places[at] as number] as number);
    for (const event of events) {
      present[event] = (present[event] as number) + 1;
      if (events.size === 1) alone[event] = (alone[event] as number) + 1;
      else
        for (const other of events)
          if (other !== event) partners[event]!.set(other, (partners[event]!.get(other) ?? 0) + 1);
    }
  });
  const goesAlong = (event: number) => {
    const times = present[event] as number;
    if (times < USUAL * bursts || (alone[event] as number) > ALONE * times) return false;
    // What is met even more often tells nothing about this one.
    const others = [...partners[event]!].filter(
      ([other, together]) =>
        together >= SOMETIMES * times &&
        present[other]! <= 1.05 * times &&
        together < TWINS * Math.max(times, present[other]!),
    );
    return others.length >= SEVERAL && others.every(([, together]) => together <= MOSTLY * times);
  };
  return new Set([...log.names.keys()].filter(goesAlong));
}

export function assets(names: readonly string[]): Set<number> {
  return new Set([...names.keys()].filter((event) => isAsset(names[event] as string)));
}

// Writes a log of events visitor by visitor, in order.
import type { Dictionary } from "../dictionary.ts";
import type { EventLog } from "../log.ts";
import type { AttributeName } from "./attributes.ts";

export type EventWriter = {
  size(): number;
  put(atMs: number, event: number): void;
  /** of the event put last; what is not set is not there */
  set(name: AttributeName, code: number): void;
  eventAt(at: number): number;
  /** the events since the last end are one visitor's, and each has these values */
  endVisitor(values: Partial<Record<AttributeName, number>>): void;
  finish(names: readonly string[], dictionaries: Readonly<Record<AttributeName, Dictionary>>): EventLog;
};

/** @param about how many events there will be */
export function eventWriter(about: number, attributes: readonly AttributeName[]): EventWriter {
  let room = Math.max(1024, about);
  let times = new Float64Array(room);
  let events = new Uint16Array(room);
  const columns = new Map(attributes.map((name) => [name, new Uint16Array(room)]));
  const starts = [0];
  let size = 0;

  const grow = () => {
    room = Math.ceil(room * 1.5);
    const more = <Column extends { set(from: Column): void }>(from: Column, to: Column): Column => {
      to.set(from);
      return to;
    };
    times = more(times, new Float64Array(room));
    events = more(events, new Uint16Array(room));
    for (const [name, column] of columns) columns.set(name, more(column, new Uint16Array(room)));
  };

  return {
    size: () => size,
    put(atMs, event) {
      if (size === room) grow();
      times[size] = atMs;
      events[size++] = event;
    },
    set(name, code) {
      columns.get(name)![size - 1] = code;
    },
    eventAt: (at) => events[at] as number,
    endVisitor(values) {
      const from = starts.at(-1) as number;
      for (const [name, code] of Object.entries(values)) columns.get(name as AttributeName)!.fill(code, from, size);
      starts.push(size);
    },
    finish: (names, dictionaries) => ({
      timesMs: times.subarray(0, size),
      events: events.subarray(0, size),
      names,
      starts: Uint32Array.from(starts),
      attributes: [...columns]
        .map(([name, codes]) => ({ name, values: dictionaries[name].values, codes: codes.subarray(0, size) }))
        .filter(({ values }) => values.length > 1),
    }),
  };
}

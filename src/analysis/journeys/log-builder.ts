// Makes a log of events that come in any order.
import { type Dictionary, dictionary } from "./dictionary.ts";
import type { EventLog } from "./log.ts";

export type LogBuilder = {
  /** The place of an attribute's values; -1 when there are too many attributes to keep one more. */
  attribute(name: string): number;
  /** @param values by place of their attribute; "" where there is none */
  add(timeMs: number, visitor: string, event: string, values?: readonly string[]): void;
  readonly size: number;
  /** @param isKept by number of the call of `add`, from 0; default: all of them */
  finish(isKept?: (row: number) => boolean): EventLog;
};

const FIRST_ROWS = 1024;
export const MOST_ATTRIBUTES = 200;

export function logBuilder(): LogBuilder {
  const visitors = new Map<string, number>();
  const names = dictionary();
  const attributes: string[] = [];
  const dictionaries: Dictionary[] = [];
  let size = 0;
  let times = new Float64Array(FIRST_ROWS);
  let who = new Uint32Array(FIRST_ROWS);
  let events = new Uint16Array(FIRST_ROWS);
  let columns: Uint16Array<ArrayBuffer>[] = [];

  return {
    get size() {
      return size;
    },
    attribute(name) {
      const known = attributes.indexOf(name);
      if (known >= 0 || attributes.length === MOST_ATTRIBUTES) return known;
      dictionaries.push(dictionary([""]));
      columns.push(new Uint16Array(times.length));
      return attributes.push(name) - 1;
    },
    add(timeMs, visitor, event, values = []) {
      if (size === times.length) grow();
      let number = visitors.get(visitor);
      if (number === undefined) {
        number = visitors.size;
        visitors.set(Buffer.from(visitor, "utf8").toString("utf8"), number);
      }
      times[size] = timeMs;
      who[size] = number;
      events[size] = names.code(event);
      for (const [at, column] of columns.entries()) column[size] = dictionaries[at]?.code(values[at] ?? "") ?? 0;
      size++;
    },
    finish(isKept = () => true) {
      const { order, starts } = byVisitorAndTime(who.subarray(0, size), times, visitors.size, isKept);
      const picked = <Column extends Float64Array | Uint16Array>(from: Column, to: Column): Column => {
        for (let at = 0; at < order.length; at++) to[at] = from[order[at] as number] as number;
        return to;
      };
      return {
        timesMs: picked(times, new Float64Array(order.length)),
        events: picked(events, new Uint16Array(order.length)),
        names: names.values,
        starts,
        attributes: attributes.map((name, at) => ({
          name,
          values: dictionaries[at]?.values ?? [],
          codes: picked(columns[at] as Uint16Array<ArrayBuffer>, new Uint16Array(order.length)),
        })),
      };
    },
  };

  function grow(): void {
    const more = <Column extends { set(from: Column): void }>(from: Column, to: Column): Column => {
      to.set(from);
      return to;
    };
    times = more(times, new Float64Array(size * 2));
    who = more(who, new Uint32Array(size * 2));
    events = more(events, new Uint16Array(size * 2));
    columns = columns.map((column) => more(column, new Uint16Array(size * 2)));
  }
}

/** Counting sort by visitor, which keeps the order of arrival, and then by time where that is not the same already. */
export function byVisitorAndTime(
  who: Uint32Array,
  times: Float64Array,
  visitors: number,
  isKept: (row: number) => boolean,
): { readonly order: Uint32Array; readonly starts: Uint32Array } {
  const counts = new Uint32Array(visitors + 1);
  const kept = new Uint8Array(who.length);
  for (let row = 0; row < who.length; row++) {
    if (!isKept(row)) continue;
    kept[row] = 1;
    const next = (who[row] as number) + 1;
    counts[next] = (counts[next] as number) + 1;
  }
  for (let visitor = 0; visitor < visitors; visitor++) {
    counts[visitor + 1] = (counts[visitor + 1] as number) + (counts[visitor] as number);
  }
  const starts = counts.slice();
  const order = new Uint32Array(starts[visitors] as number);
  for (let row = 0; row < who.length; row++) {
    if (!kept[row]) continue;
    const visitor = who[row] as number;
    const at = counts[visitor] as number;
    order[at] = row;
    counts[visitor] = at + 1;
  }
  for (let visitor = 0; visitor < visitors; visitor++) {
    const rows = order.subarray(starts[visitor], starts[visitor + 1]);
    if (!isInOrder(rows, times)) rows.sort((a, b) => (times[a] as number) - (times[b] as number) || a - b);
  }
  return { order, starts };
}

function isInOrder(rows: Uint32Array, times: Float64Array): boolean {
  for (let at = 1; at < rows.length; at++) {
    if ((times[rows[at - 1] as number] as number) > (times[rows[at] as number] as number)) return false;
  }
  return true;
}

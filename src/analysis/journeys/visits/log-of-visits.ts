// From what visitors did in the running mesh to a log of events, as files of events are read into.
import { VISIT_FLAG } from "../../../model/visit.ts";
import { VISIT_CHUNK_ROWS, type VisitTable } from "../../../model/visits.ts";
import { type EventLog, SESSION_GAP_MS } from "../log.ts";
import { byVisitorAndTime } from "../log-builder.ts";
import { AGAIN, coded, LOOP, OF_EVENTS, OF_VISITORS } from "./attributes.ts";
import { eventWriter } from "./event-writer.ts";
import { namesOf } from "./names.ts";
import { KINDS, kindsOf } from "./people.ts";
import { isOpened, stepKinds } from "./steps.ts";
import { eachVisit, numberVisitors } from "./visitors.ts";

export type VisitLog = {
  readonly log: EventLog;
  readonly visitors: {
    /** that can be told apart; the events are theirs */
    readonly people: number;
    /** known by address and program alone; the events are theirs when there is nobody else */
    readonly weak: number;
    readonly robots: number;
  };
  /** all events are of visitors that may be several: nothing can be called significant */
  readonly isWeak: boolean;
  /** pages that caches may keep: more visitors may have seen them than are counted */
  readonly cacheable: readonly string[];
  /** events that nobody saw: pages that a cache or CDN served, named by the request that came from them */
  readonly inferred: number;
};

/** So many hops one after the other within so long are a circle. */
const LOOP_HOPS = 5;
const LOOP_MS = 10_000;
/** Share of a page's answers that may be cached, for it to be called so. */
const MOSTLY = 0.5;

export function logOfVisits(table: VisitTable): VisitLog {
  const numbered = numberVisitors(table);
  const kinds = kindsOf(table, numbered);
  const count = (kind: (typeof KINDS)[number]) => {
    const wanted = KINDS.indexOf(kind);
    return kinds.reduce((sum, one) => sum + Number(one === wanted), 0);
  };
  const visitors = { people: count("person"), weak: count("weak"), robots: count("robot") };
  const isWeak = visitors.people === 0;
  const wanted = KINDS.indexOf(isWeak ? "weak" : "person");

  const rows = numbered.of.length;
  const times = new Float64Array(rows);
  const at = new Uint32Array(rows);
  const numberOf = new Map(table.chunks.map((chunk, number) => [chunk, number * VISIT_CHUNK_ROWS]));
  let filled = 0;
  eachVisit(table, (chunk, row) => {
    times[filled] = chunk.timesMs[row] as number;
    at[filled++] = (numberOf.get(chunk) as number) + row;
  });
  const isWanted = (row: number) => kinds[numbered.of[row] as number] === wanted;
  const sorted = byVisitorAndTime(numbered.of, times, numbered.count, isWanted);
  return { ...eventsOf(table, { ...sorted, times, at }), visitors, isWeak };
}

type Sorted = {
  /** rows by visitor and time, and where each visitor's begin */
  readonly order: Uint32Array;
  readonly starts: Uint32Array;
  /** of each row, its time, and where it is: chunk × VISIT_CHUNK_ROWS + row */
  readonly times: Float64Array;
  readonly at: Uint32Array;
};

function eventsOf(
  table: VisitTable,
  { order, starts, times, at }: Sorted,
): Pick<VisitLog, "log" | "cacheable" | "inferred"> {
  const { texts, chunks } = table;
  const { names, of: nameOf } = namesOf(texts.places);
  const kindOf = stepKinds(table);
  const values = coded(table);
  const out = eventWriter(order.length, [...OF_EVENTS, ...OF_VISITORS]);
  const loop = values.dictionaries.status.code(LOOP);
  const again = values.dictionaries.status.code(AGAIN);
  /** by place: who was there last, and when */
  const seenBy = new Int32Array(texts.places.length).fill(-1);
  const seenMs = new Float64Array(texts.places.length);
  const opened = new Uint32Array(texts.places.length);
  const mayBeCached = new Uint32Array(texts.places.length);
  let inferred = 0;

  for (let who = 0; who + 1 < starts.length; who++) {
    const begin = out.size();
    let first = -1;
    let hops = 0;
    let hopMs = 0;
    for (let index = starts[who] as number; index < (starts[who + 1] as number); index++) {
      const row = order[index] as number;
      const place = at[row] as number;
      const chunk = chunks[Math.floor(place / VISIT_CHUNK_ROWS)]!;
      const inChunk = place % VISIT_CHUNK_ROWS;
      const code = chunk.places[inChunk] as number;
      if ((nameOf[code] as number) < 0) continue;
      const atMs = times[row] as number;
      const visit = chunk.visits[inChunk] as number;
      if (first < 0) first = index;

      const kind = kindOf(code, chunk.statuses[inChunk] as number, visit);
      if (kind === "hop") {
        if (hops === 0 || atMs - hopMs > LOOP_MS) [hops, hopMs] = [0, atMs];
        if (++hops !== LOOP_HOPS) continue;
      } else hops = 0;

      const page = kind === "hop" ? 0 : (chunk.froms[inChunk] as number);
      if (page !== 0 && page !== code && (nameOf[page] as number) >= 0) {
        if (seenBy[page] !== who || atMs - (seenMs[page] as number) > SESSION_GAP_MS) {
          out.put(atMs - 1, nameOf[page] as number);
          inferred++;
        }
        [seenBy[page], seenMs[page]] = [who, atMs];
      }
      [seenBy[code], seenMs[code]] = [who, atMs];
      if (isOpened(visit)) {
        opened[code] = (opened[code] as number) + 1;
        if (visit & VISIT_FLAG.cacheable) mayBeCached[code] = (mayBeCached[code] as number) + 1;
      }
      out.put(atMs, nameOf[code] as number);
      for (const name of OF_EVENTS) out.set(name, values.ofEvent(chunk, inChunk, name));
      if (kind === "hop") out.set("status", loop);
      if (kind === "tried") out.set("status", again);
    }
    if (out.size() > begin) {
      const row = at[order[first] as number] as number;
      const visit = chunks[Math.floor(row / VISIT_CHUNK_ROWS)]!.visits[row % VISIT_CHUNK_ROWS] as number;
      const entry = names.values[out.eventAt(begin)] as string;
      out.endVisitor(values.ofVisitor(visit, entry));
    }
  }
  const cacheable = texts.places.flatMap((_, place) => {
    const [all, some] = [opened[place] as number, mayBeCached[place] as number];
    return all > 0 && some >= MOSTLY * all ? [names.values[nameOf[place] as number] as string] : [];
  });
  return { log: out.finish(names.values, values.dictionaries), cacheable: [...new Set(cacheable)], inferred };
}

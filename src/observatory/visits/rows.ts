// Rows of visits in columns, by stretches, of which the oldest goes as a whole: nothing is ever moved.
import { VISIT_CHUNK_ROWS, type VisitChunk, type VisitPlace, type VisitServer } from "../../model/visits.ts";
import { type Texts, texts } from "./texts.ts";

/** One request of a visitor. */
export type Visit = {
  readonly atMs: number;
  readonly visitor: readonly [high: number, low: number];
  readonly joins: readonly [high: number, low: number] | undefined;
  /** bits of model/visit.ts */
  readonly visit: number;
  readonly place: VisitPlace;
  readonly status: number;
  readonly latencyMs: number;
  readonly server: VisitServer;
  readonly culprit: string;
  readonly item: string;
  /** route names, "" for none */
  readonly from: string;
  readonly to: string;
};

export type VisitRows = {
  /** oldest first */
  readonly chunks: readonly VisitChunk[];
  readonly places: Texts<VisitPlace>;
  readonly servers: Texts<VisitServer>;
  readonly culprits: Texts<string>;
  readonly items: Texts<string>;
  readonly size: number;
  add(visit: Visit): void;
  /** drops stretches of which all is older @returns rows that went */
  dropBefore(atMs: number): number;
  dropOldest(): number;
  /** rows of these visitors are there no longer @returns how many those were */
  forget(isOne: (high: number, low: number) => boolean): number;
};

/** @param chunkMs a stretch is no longer, so that what is too old need not wait for what is not */
export function visitRows(chunkMs: number, chunkRows = VISIT_CHUNK_ROWS): VisitRows {
  const chunks: VisitChunk[] = [];
  const places = texts<VisitPlace>({ namespace: "", service: "", route: "" }, ({ namespace, service, route }) =>
    [namespace, service, route].join("\n"),
  );
  const servers = texts<VisitServer>(
    { version: "", workload: "" },
    ({ version, workload }) => `${version}\n${workload}`,
  );
  const culprits = texts<string>("", String);
  const items = texts<string>("", String);
  let size = 0;

  const open = (atMs: number): VisitChunk => {
    const last = chunks.at(-1);
    if (last && last.rows < chunkRows && (last.rows === 0 || atMs - (last.timesMs[0] as number) < chunkMs)) return last;
    const made = chunk(chunkRows);
    chunks.push(made);
    return made;
  };

  const drop = (): number => {
    const rows = chunks.shift()?.rows ?? 0;
    size -= rows;
    return rows;
  };

  return {
    ...{ chunks, places, servers, culprits, items },
    get size() {
      return size;
    },
    add(one) {
      const to = open(one.atMs);
      const row = to.rows;
      const { place } = one;
      const page = (route: string) => (route === "" ? 0 : places.code({ ...place, route }));
      to.timesMs[row] = one.atMs;
      [to.visitor0[row], to.visitor1[row]] = one.visitor;
      if (one.joins) [to.joins0[row], to.joins1[row]] = one.joins;
      to.visits[row] = one.visit;
      to.places[row] = places.code(place);
      to.statuses[row] = one.status;
      to.latenciesMs[row] = one.latencyMs;
      to.servers[row] = servers.code(one.server);
      to.culprits[row] = culprits.code(one.culprit);
      to.items[row] = items.code(one.item);
      to.froms[row] = page(one.from);
      to.tos[row] = page(one.to);
      to.rows++;
      size++;
    },
    dropBefore(atMs) {
      let dropped = 0;
      while (chunks[0] && newest(chunks[0]) < atMs) dropped += drop();
      return dropped;
    },
    dropOldest: drop,
    forget(isOne) {
      let forgotten = 0;
      for (const [at, one] of chunks.entries()) {
        const kept = without(one, isOne);
        forgotten += one.rows - kept.rows;
        chunks[at] = kept;
      }
      size -= forgotten;
      return forgotten;
    },
  };
}

function chunk(rows: number): VisitChunk {
  const column = <Column>(of: new (shared: SharedArrayBuffer) => Column, bytes: number) =>
    new of(new SharedArrayBuffer(rows * bytes));
  const words = () => column(Uint32Array, 4);
  const shorts = () => column(Uint16Array, 2);
  return {
    ...{ rows: 0, timesMs: column(Float64Array, 8) },
    ...{ visitor0: words(), visitor1: words(), joins0: words(), joins1: words(), visits: words() },
    ...{ places: shorts(), statuses: shorts(), latenciesMs: column(Float32Array, 4), servers: shorts() },
    ...{ culprits: shorts(), items: shorts(), froms: shorts(), tos: shorts() },
  };
}

function newest({ timesMs, rows }: VisitChunk): number {
  let found = 0;
  for (let row = 0; row < rows; row++) found = Math.max(found, timesMs[row] as number);
  return found;
}

/** The rows that stay, in columns of their own: another thread may be reading these. */
function without(one: VisitChunk, isGone: (high: number, low: number) => boolean): VisitChunk {
  const staying = Uint32Array.from({ length: one.rows }, (_, row) => row).filter(
    (row) => !isGone(one.visitor0[row] as number, one.visitor1[row] as number),
  );
  if (staying.length === one.rows) return one;
  const kept = chunk(one.timesMs.length);
  const { rows: _, ...columns } = one;
  for (const name of Object.keys(columns) as (keyof typeof columns)[]) {
    const [from, to] = [columns[name], kept[name]];
    for (let at = 0; at < staying.length; at++) to[at] = from[staying[at] as number] as number;
  }
  kept.rows = staying.length;
  return kept;
}

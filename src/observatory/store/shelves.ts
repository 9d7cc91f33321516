// The tables that each hold a stretch of time: which there are, when a new one begins, which one goes next.
import type { DuckDBConnection } from "@duckdb/node-api";
import { createTable, KIND_COLUMNS, KINDS, type Kind } from "./format.ts";
import type { Retention } from "./store.ts";
import { type Span, type Spans, TIERS, type TierKind } from "./tiers.ts";

export type Shelf = {
  readonly kind: Kind;
  readonly table: string;
  readonly number: number;
  /** of the clock that tells what is too old, µs since the epoch */
  readonly openedUs: number;
  /** the newest row is not younger; undefined while it is written to */
  closedUs?: number;
  rows: number;
  /** of exchanges: when the first of them began, and when the last one came in (µs since the epoch); undefined: not known */
  seen?: { readonly beganUs: number; readonly cameUs: number };
};

const FIGURES: ReadonlySet<Kind> = new Set(["tens", "minutes", "hours", "samples"]);
/** However long figures are kept, those of 10 seconds and of minutes are not kept for longer than this. */
const KEPT_US: Partial<Record<Kind, number>> = { tens: 6 * 3600e6, minutes: 3 * 86_400e6 };

export type Shelves = {
  /** newest first */
  of(kind: Kind): readonly Shelf[];
  /** the one to write to; makes a new one when the last is full. Not inside a transaction */
  current(kind: Kind, nowUs: number): Promise<Shelf>;
  /** drops what is too old, then the oldest until the store is small enough; returns how many went */
  prune(nowUs: number, usedBytes: () => Promise<number>): Promise<number>;
  /** what each tier has */
  spans(): Spans;
  /** the tier has all that ended by then (seconds since the epoch). May be part of a transaction: `reload` when it failed */
  markUntil(kind: TierKind, untilS: number): Promise<void>;
  reload(): Promise<void>;
};

const SHELVES_PER_RETENTION = 12;
const MOST_ROWS = 1_000_000;

export async function openShelves(connection: DuckDBConnection, retention: Retention, nowUs: number): Promise<Shelves> {
  const shelves: Shelf[] = await existing(connection, nowUs);
  let spans = await readSpans(connection);
  const keptUs = (kind: Kind) => {
    if (kind === "visits") return retention.visitsUs;
    return FIGURES.has(kind)
      ? Math.min(retention.rollupsUs, KEPT_US[kind] ?? Number.POSITIVE_INFINITY)
      : retention.spansUs;
  };

  const of = (kind: Kind) => shelves.filter((shelf) => shelf.kind === kind).sort((a, b) => b.number - a.number);
  const isFull = (shelf: Shelf, nowUs: number) =>
    shelf.closedUs !== undefined ||
    shelf.rows >= MOST_ROWS ||
    nowUs - shelf.openedUs >= keptUs(shelf.kind) / SHELVES_PER_RETENTION;
  const mark = async (kind: TierKind, change: Partial<Span>) => {
    const { until, from } = { ...spans[kind], ...change };
    await connection.run(`UPDATE tiers SET until_s = ${until}, from_s = ${from} WHERE kind = '${kind}'`);
    spans = { ...spans, [kind]: { until, from } };
  };
  /** coarser rows have been made of its rows, or are never made */
  const isRolled = ({ kind, closedUs = Number.POSITIVE_INFINITY }: Shelf) => {
    const coarser = { tens: spans.minutes, minutes: spans.hours }[kind as string];
    return !coarser || coarser.until * 1e6 >= closedUs;
  };
  const drop = async (shelf: Shelf) => {
    const tier = TIERS.find(({ kind }) => kind === shelf.kind);
    // its rows began before `closedUs`: from the next period on, later tables have them all
    if (tier) await mark(tier.kind, { from: Math.floor((shelf.closedUs ?? 0) / 1e6) + tier.seconds });
    await connection.run(`DROP TABLE IF EXISTS "${shelf.table}"`);
    shelves.splice(shelves.indexOf(shelf), 1);
  };

  return {
    of,
    async current(kind, nowUs) {
      const last = of(kind)[0];
      if (last && !isFull(last, nowUs)) return last;
      const number = (last?.number ?? 0) + 1;
      const shelf: Shelf = { kind, table: `${kind}_${number}`, number, openedUs: nowUs, rows: 0 };
      await connection.run(createTable(shelf.table, KIND_COLUMNS[kind]));
      if (last) last.closedUs ??= nowUs;
      shelves.push(shelf);
      return shelf;
    },
    async prune(nowUs, usedBytes) {
      let dropped = 0;
      for (const shelf of [...shelves]) {
        if ((shelf.closedUs ?? nowUs) >= nowUs - keptUs(shelf.kind) || !isRolled(shelf)) continue;
        await drop(shelf);
        dropped++;
      }
      if (dropped > 0) await connection.run("CHECKPOINT");
      // details first: they take the space, and the figures of the past do not need them
      for (const kind of KINDS) {
        while ((await usedBytes()) > retention.maxBytes) {
          const oldest = of(kind).at(-1);
          if (!oldest || oldest.closedUs === undefined) break;
          await drop(oldest);
          await connection.run("CHECKPOINT");
          dropped++;
        }
      }
      return dropped;
    },
    spans: () => spans,
    markUntil: (kind, until) => mark(kind, { until }),
    async reload() {
      spans = await readSpans(connection);
    },
  };
}

async function readSpans(connection: DuckDBConnection): Promise<Spans> {
  const spanOf = async (tier: TierKind): Promise<Span> => {
    const read = await connection.runAndReadAll(`SELECT until_s, from_s FROM tiers WHERE kind = '${tier}'`);
    const [row] = read.getRows();
    if (!row) await connection.run(`INSERT INTO tiers VALUES ('${tier}', 0, 0)`);
    return { until: Number(row?.[0] ?? 0), from: Number(row?.[1] ?? 0) };
  };
  return { tens: await spanOf("tens"), minutes: await spanOf("minutes"), hours: await spanOf("hours") };
}

/** What an earlier process left is not written to any more: how long it was open is not known. */
async function existing(connection: DuckDBConnection, nowUs: number): Promise<Shelf[]> {
  const tables = await connection.runAndReadAll("SELECT table_name FROM duckdb_tables()");
  const found: Shelf[] = [];
  for (const [name] of tables.getRows()) {
    const match = /^([a-z_]+)_(\d+)$/.exec(String(name));
    const kind = KINDS.find((one) => one === match?.[1]);
    if (!match || !kind) continue;
    const table = match[0];
    const came = kind === "exchanges" ? "max(ordinal)" : "NULL";
    const read = await connection.runAndReadAll(
      `SELECT count(*), epoch_us(max(time)), epoch_us(min(time)), ${came} FROM "${table}"`,
    );
    const [rows, newest, began, last] = read.getRows()[0] ?? [];
    found.push({
      kind,
      table,
      number: Number(match[2]),
      openedUs: 0,
      closedUs: Math.min(newest === null ? 0 : Number(newest), nowUs),
      rows: Number(rows),
      ...(typeof last === "number" && { seen: { beganUs: Number(began), cameUs: last } }),
    });
  }
  return found;
}

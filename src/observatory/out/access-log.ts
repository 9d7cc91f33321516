// One line of JSON per exchange, in a file that is moved away when it is full. A line is what `meshwise tap -o ndjson` and
// `/api/v1/tap` show of the exchange: there is one schema, and what reads the one reads the other.
import { closeSync, fstatSync, openSync, renameSync, writeSync } from "node:fs";
import type { Arrival } from "../ingest/arrival.ts";
import type { Names } from "../names.ts";
import { arrivedExchange } from "../query/exchange.ts";

export type AccessLogSettings = { readonly path: string; readonly maxBytes: number };

export type AccessLog = {
  add(arrival: Arrival): void;
  close(): void;
};

/** older files, `<path>.1` the newest of them */
const OLDER_FILES = 5;

export function accessLog(
  { names, log }: { readonly names: Names; readonly log: (text: string) => void },
  { path, maxBytes }: AccessLogSettings,
): AccessLog {
  let fd: number | undefined;
  let size = 0;
  let lost = 0;
  let trouble = "";

  const open = (): number => {
    if (fd === undefined) {
      fd = openSync(path, "a", 0o600);
      size = fstatSync(fd).size;
    }
    return fd;
  };
  const close = () => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };
  const rotate = () => {
    close();
    for (let older = OLDER_FILES - 1; older >= 0; older--) {
      try {
        renameSync(older === 0 ? path : `${path}.${older}`, `${path}.${older + 1}`);
      } catch (thrown) {
        if ((thrown as { code?: unknown }).code !== "ENOENT") throw thrown;
      }
    }
  };

  return {
    add(arrival) {
      const lines: string[] = [];
      for (let row = 0; row < arrival.rows; row++) lines.push(lineOf(arrival, row, names));
      const bytes = Buffer.from(lines.join(""));
      try {
        open();
        if (size > 0 && size + bytes.length > maxBytes) rotate();
        size += writeSync(open(), bytes);
        if (lost > 0) log(`access log: ${path} is written again; ${lost} lines are missing`);
        lost = 0;
        trouble = "";
      } catch (thrown) {
        // a full disk stops nothing else: the lines are gone, and their number is told when it works again
        lost += arrival.rows;
        close();
        const text = thrown instanceof Error ? thrown.message : String(thrown);
        if (text !== trouble) log(`access log: ${path} cannot be written (${text})`);
        trouble = text;
      }
    },
    close,
  };
}

function lineOf(arrival: Arrival, row: number, names: Names): string {
  const { ordinal: _, startUs, ...rest } = arrivedExchange(arrival, row, names);
  const time = new Date(startUs / 1000)
    .toISOString()
    .replace("Z", `${String(Math.floor(startUs) % 1000).padStart(3, "0")}Z`);
  return `${JSON.stringify({ time, ...rest })}\n`;
}

// Writes and reads the batches of spans that travel from an agent to the observatory; model/telemetry.ts says what they
// look like.
import { COLUMN_NAMES, columnsSize, type SpanColumns, viewColumns } from "./span-buffer.ts";
import type { SpanReader } from "./span-ring.ts";
import type { BatchHeader, NamedRule } from "./telemetry.ts";
import { NO_PAGES, type Pages, splitPages } from "./visit.ts";

export type Batch = {
  readonly header: BatchHeader;
  /** views into the batch's own bytes */
  readonly columns: SpanColumns;
  readonly paths: readonly string[];
  readonly authorities: readonly string[];
  /** of what came in through a published port */
  readonly pages: readonly Pages[];
};

/** Takes up to `limit` unread rows out of the rings and makes one batch of them; undefined when there are none.
 *  @param ruleOf of HttpRule.key */
export function encodeBatch(
  name: Pick<BatchHeader, "agent" | "sequence">,
  rings: readonly SpanReader[],
  limit: number,
  ruleOf: (key: number) => NamedRule | undefined = () => undefined,
): Uint8Array<ArrayBuffer> | undefined {
  const shares: { ring: SpanReader; count: number }[] = [];
  let rows = 0;
  for (const ring of rings) {
    const count = Math.min(ring.unread(), limit - rows);
    if (count <= 0) continue;
    shares.push({ ring, count });
    rows += count;
  }
  if (rows === 0) return undefined;

  const block = new Uint8Array(columnsSize(rows));
  const columns = viewColumns(block, 0, rows);
  const text: string[] = [];
  let at = 0;
  for (const { ring, count } of shares) {
    at = take(ring, count, columns, at, text);
  }
  const header = headerBytes({ ...name, rows, ...rulesOf(columns.rule, ruleOf) });
  return Buffer.concat([header, block, Buffer.from(text.join(""), "latin1")]) as Uint8Array<ArrayBuffer>;
}

/** Only of those that are there: a mesh may have thousands. */
function rulesOf(
  keys: Uint32Array,
  ruleOf: (key: number) => NamedRule | undefined,
): Pick<BatchHeader, "rules" | "countedAs"> {
  const rules: Record<string, string> = {};
  const countedAs: Record<string, string> = {};
  let last = 0;
  for (const key of keys) {
    if (key === last) continue;
    last = key;
    const rule = key === 0 ? undefined : ruleOf(key);
    if (rule === undefined) continue;
    rules[key] = rule.name;
    if (rule.countedAs !== undefined) countedAs[key] = rule.countedAs;
  }
  const some = (names: Record<string, string>) => Object.keys(names).length > 0;
  return { ...(some(rules) && { rules }), ...(some(countedAs) && { countedAs }) };
}

/** Rows of a ring lie side by side but for the wrap, so that each column is copied in one or two pieces. */
function take(ring: SpanReader, count: number, columns: SpanColumns, start: number, text: string[]): number {
  let at = start;
  let first = -1; // of the run of neighbours not copied yet
  let next = -1;
  let taken = 0;
  const copy = () => {
    if (first < 0) return;
    for (const name of COLUMN_NAMES) columns[name].set(ring.columns[name].subarray(first, next), at);
    at += next - first;
  };
  ring.drain(count, (row) => {
    if (row !== next) {
      copy();
      first = row;
    }
    next = row + 1;
    text.push(oneLine(ring.path(row)), "\n", oneLine(ring.authority(row)), "\n");
    if (++taken === count) copy(); // the ring frees the rows after this call
  });
  return at;
}

/** A worker that was taken over by a stranger must not be able to shift other rows' texts. */
function oneLine(text: string): string {
  return text.includes("\n") ? text.replaceAll("\n", " ") : text;
}

function headerBytes(header: BatchHeader): Uint8Array {
  const json = Buffer.from(JSON.stringify(header));
  const bytes = new Uint8Array((4 + json.length + 7) & ~7);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  return bytes;
}

/** undefined: these bytes are no batch */
export function decodeBatch(received: Uint8Array): Batch | undefined {
  // the columns' views need their alignment
  const bytes = received.byteOffset % 8 === 0 ? received : new Uint8Array(received);
  if (bytes.length < 4) return undefined;
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (4 + length > bytes.length) return undefined;
  const header = readHeader(bytes.subarray(4, 4 + length));
  if (!header) return undefined;

  const columnsAt = (4 + length + 7) & ~7;
  const textAt = columnsAt + columnsSize(header.rows);
  if (textAt > bytes.length) return undefined;
  const lines = Buffer.from(bytes.buffer, bytes.byteOffset + textAt, bytes.length - textAt)
    .toString("latin1")
    .split("\n");
  if (lines.length !== header.rows * 2 + 1) return undefined;

  const columns = viewColumns(bytes, columnsAt, header.rows);
  const paths: string[] = [];
  const authorities: string[] = [];
  const pages: Pages[] = new Array(header.rows).fill(NO_PAGES);
  for (let row = 0; row < header.rows; row++) {
    const path = lines[row * 2] as string;
    if (columns.visit[row] === 0) paths.push(path);
    else {
      const [own, named] = splitPages(path);
      paths.push(own);
      pages[row] = named;
    }
    authorities.push(lines[row * 2 + 1] as string);
  }
  return { header, columns, paths, authorities, pages };
}

function readHeader(json: Uint8Array): BatchHeader | undefined {
  let value: Partial<Record<keyof BatchHeader, unknown>> | null;
  try {
    value = JSON.parse(Buffer.from(json).toString("utf8"));
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null) return undefined;
  const { rows, sequence, agent, rules, countedAs } = value;
  if (!isCount(rows) || !isCount(sequence) || typeof agent !== "string") return undefined;
  return { rows, sequence, agent, ...(isNames(rules) && { rules }), ...(isNames(countedAs) && { countedAs }) };
}

function isNames(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).every(([key, name]) => /^\d{1,10}$/.test(key) && typeof name === "string");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

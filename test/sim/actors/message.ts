// HTTP/1 messages as the simulated clients and servers read them: small, and not the proxy's own reader, so that a mistake
// of that one is not made twice.

export type Head = { readonly line: string; readonly fields: ReadonlyMap<string, string> };
export type Framing = "none" | "close" | "chunked" | number;

export type MessageReader = {
  /** Bytes as they come. Stops and returns the rest when a message is done and `onDone` says so. */
  feed(bytes: Buffer): void;
  /** the peer closed in an orderly way: true when that is where a message may end */
  finish(): boolean;
  /** between two messages, and nothing of the next one is there */
  isAtRest(): boolean;
};

export type MessageEvents = {
  /** how the body is framed; undefined: an interim head, another one follows */
  onHead(head: Head): Framing | undefined;
  onBody(bytes: Buffer): void;
  onDone(): void;
  onBroken(why: string): void;
};

type State = "head" | "length" | "close" | "size" | "chunk" | "chunk end" | "trailers" | "broken";

const HEAD_END = Buffer.from("\r\n\r\n");

export function messageReader(events: MessageEvents): MessageReader {
  let state: State = "head";
  let text = "";
  let left = 0;

  function broken(why: string): void {
    state = "broken";
    events.onBroken(why);
  }

  function done(): void {
    state = "head";
    events.onDone();
  }

  /** Takes text up to `end`, which may come in pieces; undefined: more is needed. Returns the offset behind it. */
  function upTo(end: Buffer, bytes: Buffer, from: number): number | undefined {
    const before = text.length;
    const mark = end.toString("latin1");
    text += bytes.toString("latin1", from);
    const at = text.indexOf(mark, Math.max(0, before - mark.length + 1));
    if (at < 0) return undefined;
    const behind = from + at + mark.length - before;
    text = text.slice(0, at);
    return behind;
  }

  function beginBody(framing: Framing | undefined): void {
    if (framing === undefined) return;
    if (framing === "none" || framing === 0) {
      done();
    } else if (framing === "close") {
      state = "close";
    } else if (framing === "chunked") {
      state = "size";
    } else {
      state = "length";
      left = framing;
    }
  }

  function readHead(bytes: Buffer, from: number): number {
    const behind = upTo(HEAD_END, bytes, from);
    if (behind === undefined) return bytes.length;
    const [line = "", ...lines] = text.split("\r\n");
    text = "";
    const fields = new Map<string, string>();
    for (const one of lines) {
      const colon = one.indexOf(":");
      if (colon < 1) {
        broken(`field line ${JSON.stringify(one)}`);
        return bytes.length;
      }
      fields.set(one.slice(0, colon).toLowerCase(), one.slice(colon + 1).trim());
    }
    beginBody(events.onHead({ line, fields }));
    return behind;
  }

  function readLine(bytes: Buffer, from: number): number {
    const behind = upTo(LINE_END, bytes, from);
    if (behind === undefined) return bytes.length;
    const line = text;
    text = "";
    if (state === "chunk end") {
      if (line !== "") broken("a chunk without its end");
      else state = "size";
    } else if (state === "trailers") {
      if (line === "") done();
    } else {
      left = Number.parseInt(line, 16);
      if (!/^[0-9a-f]+/i.test(line)) broken(`chunk size ${JSON.stringify(line)}`);
      else state = left === 0 ? "trailers" : "chunk";
    }
    return behind;
  }

  function readBody(bytes: Buffer, from: number): number {
    const to = state === "close" ? bytes.length : Math.min(bytes.length, from + left);
    left -= to - from;
    const ended = state !== "close" && left === 0;
    const isLength = state === "length";
    if (ended && !isLength) state = "chunk end";
    events.onBody(bytes.subarray(from, to));
    if (ended && isLength) done();
    return to;
  }

  return {
    feed(bytes) {
      for (let at = 0; at < bytes.length && state !== "broken"; ) {
        if (state === "head") at = readHead(bytes, at);
        else if (state === "length" || state === "close" || state === "chunk") at = readBody(bytes, at);
        else at = readLine(bytes, at);
      }
    },
    finish() {
      if (state !== "close") return state === "head" && text === "";
      done();
      return true;
    },
    isAtRest: () => state === "head" && text === "",
  };
}

const LINE_END = Buffer.from("\r\n");

/** How a message with a body by its fields is framed; `otherwise` when they do not say. */
export function framingOf({ fields }: Head, otherwise: Framing): Framing {
  if (fields.get("transfer-encoding")?.toLowerCase() === "chunked") return "chunked";
  const length = fields.get("content-length");
  return length === undefined ? otherwise : Number(length);
}

export function chunked(bytes: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, LINE_END]);
}

/** a prime, so that no two bodies that differ in their number look alike at the same place */
const PERIOD = 65_521;
const PATTERN = makePattern();

function makePattern(): Buffer {
  const bytes = Buffer.alloc(2 * PERIOD);
  let state = 1;
  for (let i = 0; i < PERIOD; i++) {
    state = (Math.imul(state, 48_271) + 11) >>> 0;
    bytes[i] = state >>> 11;
    bytes[PERIOD + i] = state >>> 11;
  }
  return bytes;
}

/** Bytes [from, to) of the body number `n`. */
export function bodyBytes(n: number, from: number, to: number): Buffer {
  const start = (n * 7919 + from) % PERIOD;
  if (to - from <= PERIOD) return PATTERN.subarray(start, start + to - from);
  const parts: Buffer[] = [];
  for (let at = from; at < to; at += PERIOD) parts.push(bodyBytes(n, at, Math.min(to, at + PERIOD)));
  return Buffer.concat(parts);
}

export function isBody(n: number, from: number, bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += PERIOD) {
    const piece = bytes.subarray(at, at + PERIOD);
    if (!piece.equals(bodyBytes(n, from + at, from + at + piece.length))) return false;
  }
  return true;
}

// Where the replies of a Redis connection begin and end: RESP2 and RESP3, values skipped.

export type ReplyHandler = {
  /** the first byte of a reply was read */
  began(): void;
  /** its last byte was. @param error the first word of an error, such as `ERR` or `WRONGTYPE` */
  ended(error: string | undefined): void;
};

export type ReplyReader = { read(bytes: Uint8Array): boolean };

const CR = 13;
const LF = 10;
const LONGEST_LINE = 64 * 1024;
const LONGEST_WORD = 32;
const MOST_VALUES = 2 ** 32;

/** by the type's first byte: what its line says */
const LINES = "+-:_#,(";
const STRINGS = "$!=";
/** values by element; an attribute comes before a reply and is none */
const AGGREGATES = new Map<string, number>([
  ["*", 1],
  ["~", 1],
  [">", 1],
  ["%", 2],
  ["|", 2],
]);

export function replyReader(handler: ReplyHandler): ReplyReader {
  /** values that the present reply still lacks; 0: none has begun */
  let left = 0;
  let isPush = false;
  let isFirst = true;
  let type = "";
  let line = "";
  let lineBytes = 0;
  let state: "type" | "line" | "data" | "end" = "type";
  let remaining = 0;
  let error: string | undefined;

  const begin = (byte: number): boolean => {
    type = String.fromCharCode(byte);
    if (!LINES.includes(type) && !STRINGS.includes(type) && !AGGREGATES.has(type)) return false;
    if (left === 0) {
      left = 1;
      isFirst = true;
      isPush = type === ">"; // out of band: nobody's reply
      error = undefined;
      if (!isPush) handler.began();
    } else if (type === ">") return false;
    line = "";
    lineBytes = 0;
    state = "line";
    return true;
  };

  const endValue = () => {
    left--;
    isFirst = false;
    state = "type";
    if (left === 0 && !isPush) handler.ended(error);
  };

  const endLine = (): boolean => {
    if (LINES.includes(type)) {
      if (type === "-" && isFirst) error = firstWord(line);
      endValue();
      return true;
    }
    if (!/^-?\d{1,10}$/.test(line)) return false;
    const count = Number(line);
    const perElement = AGGREGATES.get(type);
    if (perElement === undefined) {
      if (count < 0) endValue();
      else {
        remaining = count;
        line = "";
        state = count === 0 ? "end" : "data";
      }
      return true;
    }
    left += Math.max(0, count) * perElement;
    if (left > MOST_VALUES) return false;
    if (type === "|") state = "type";
    else endValue();
    return true;
  };

  return {
    read(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (state === "data") {
          const end = Math.min(bytes.length, at + remaining);
          if (type === "!" && line.length < LONGEST_WORD)
            line += String.fromCharCode(...bytes.subarray(at, Math.min(end, at + LONGEST_WORD)));
          remaining -= end - at;
          at = end;
          if (remaining === 0) state = "end";
          continue;
        }
        const byte = bytes[at++] as number;
        if (state === "type") {
          if (!begin(byte)) return false;
        } else if (byte === CR) {
          // the line feed follows
        } else if (byte !== LF) {
          if (state === "end" || ++lineBytes > LONGEST_LINE) return false;
          if (lineBytes <= LONGEST_WORD) line += String.fromCharCode(byte);
        } else if (state === "end") {
          if (type === "!" && isFirst) error = firstWord(line);
          endValue();
        } else if (!endLine()) return false;
      }
      return true;
    },
  };
}

function firstWord(text: string): string {
  return /^[A-Z][A-Z0-9]{1,23}(?= |$)/.exec(text)?.[0] ?? "ERR";
}

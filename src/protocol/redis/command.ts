// Where the commands of a Redis connection begin and end (RESP, https://redis.io/docs/latest/develop/reference/protocol-spec).
// Values are skipped, not kept: of a command only its name is known, and whether it may wait.

export type CommandHandler = {
  /** the first byte of a command was read */
  began(): void;
  /** its last byte was. @param name in capitals, `OTHER` when it is no word @param mayWait it may be answered much later by
   *  intention, such as BLPOP */
  ended(name: string, mayWait: boolean): void;
};

/** undefined: this is not RESP, or what follows cannot be read as request and answer */
export type CommandReader = { read(bytes: Uint8Array): boolean };

/** From now on the server speaks by itself, or does not answer: nothing more can be told of such a connection. */
const ONE_WAY = new Set(["SUBSCRIBE", "PSUBSCRIBE", "SSUBSCRIBE", "MONITOR", "SYNC", "PSYNC"]);
const WAITING = new Set(["BLPOP", "BRPOP", "BRPOPLPUSH", "BLMOVE", "BLMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "WAIT"]);
const MAY_BLOCK = new Set(["XREAD", "XREADGROUP"]);
const LONGEST_NAME = 24;
/** what a server takes: 1,048,576 arguments of 512 MB */
const MOST_ARGUMENTS = 1_048_576;
const LONGEST_ARGUMENT = 512 * 1024 * 1024;

const CR = 13;
const LF = 10;
const ARRAY = 42;
const BULK = 36;

type State = "start" | "count" | "bulk" | "length" | "data" | "end";

export function commandReader(handler: CommandHandler): CommandReader {
  let state: State = "start";
  let number = 0;
  let digits = 0;
  /** arguments still to come, and bytes of the one that is being read */
  let left = 0;
  let argument = 0;
  let remaining = 0;
  let size = 0;
  let text = "";
  let name = "";
  let mayWait = false;
  let isOneWay = false;

  const endArgument = () => {
    const word = text.toUpperCase();
    if (argument === 0) {
      name = /^[A-Z][A-Z0-9._-]*$/.test(word) ? word : "OTHER";
      mayWait = WAITING.has(name);
      isOneWay = ONE_WAY.has(name);
    } else if (MAY_BLOCK.has(name) && word === "BLOCK") mayWait = true;
    else if (name === "CLIENT" && argument === 2 && (word === "OFF" || word === "SKIP")) isOneWay = true;
    argument++;
  };

  /** @returns false: not RESP */
  const take = (byte: number): boolean => {
    switch (state) {
      case "start":
        // an inline command is for people at a terminal, and looks like many other protocols
        if (byte !== ARRAY) return false;
        handler.began();
        state = "count";
        return true;
      case "count":
      case "length": {
        if (byte >= 48 && byte <= 57 && digits < 10) {
          number = number * 10 + byte - 48;
          digits++;
          return true;
        }
        if (byte === CR) return digits > 0;
        if (byte !== LF || digits === 0) return false;
        const value = number;
        number = 0;
        digits = 0;
        if (state === "count") {
          if (value === 0 || value > MOST_ARGUMENTS) return false;
          left = value;
          argument = 0;
          state = "bulk";
        } else {
          if (value > LONGEST_ARGUMENT) return false;
          size = value;
          remaining = value;
          text = "";
          state = value === 0 ? "end" : "data";
        }
        return true;
      }
      case "bulk":
        state = "length";
        return byte === BULK;
      case "data":
        return false; // skipped below
      case "end":
        if (byte === CR) return true;
        if (byte !== LF) return false;
        endArgument();
        left--;
        state = left === 0 ? "start" : "bulk";
        if (left === 0) handler.ended(name, mayWait);
        return left > 0 || !isOneWay;
    }
  };

  return {
    read(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (state !== "data") {
          if (!take(bytes[at++] as number)) return false;
          continue;
        }
        const end = Math.min(bytes.length, at + remaining);
        // only a name, or a short word that changes what a command means
        if (size <= LONGEST_NAME && (argument === 0 || size <= 5)) text += latin1(bytes, at, end);
        remaining -= end - at;
        at = end;
        if (remaining === 0) state = "end";
      }
      return true;
    },
  };
}

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = "";
  for (let i = from; i < to; i++) text += String.fromCharCode(bytes[i] as number);
  return text;
}

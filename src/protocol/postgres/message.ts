// Frames of the PostgreSQL protocol 3 (https://www.postgresql.org/docs/current/protocol-message-formats.html): a type and a
// length, and of the body only as much as somebody asks for. The rest is skipped, not kept.

export type Startup = "startup" | "tls" | "gss" | "cancel";

export type MessageHandler = {
  /** Of a client: what its first frames ask for, which have no type. @returns false: not to be understood */
  opened?(what: Startup): boolean;
  /** the first byte of a message was read. @returns how many bytes of the body are wanted */
  began(type: string): number;
  /** its last byte was; `body` is as long as was wanted, or shorter. @returns false: not to be understood */
  ended(type: string, body: Uint8Array): boolean;
};

/** @returns false: this is not PostgreSQL, or cannot be understood */
export type MessageReader = { read(bytes: Uint8Array): boolean };

const LONGEST = 2 ** 30;
const NOTHING = new Uint8Array(0);
const OPENING_BYTES = 8;
const HEAD_BYTES = 5;

export function messageReader(handler: MessageHandler): MessageReader {
  let isOpening = handler.opened !== undefined;
  const head = new Uint8Array(OPENING_BYTES);
  let headBytes = 0;
  let opening: Startup | undefined;
  let type = "";
  let remaining = 0;
  let body = NOTHING;
  let got = 0;

  const beginFrame = (): boolean => {
    if (isOpening) {
      const frame = readStartup(head);
      if (!frame) return false;
      opening = frame.what;
      remaining = frame.bytes - OPENING_BYTES;
      return true;
    }
    const length = new DataView(head.buffer).getUint32(1);
    if (length < 4 || length > LONGEST) return false;
    remaining = length - 4;
    return true;
  };
  const endFrame = (): boolean => {
    headBytes = 0;
    if (!isOpening) return handler.ended(type, body.subarray(0, got));
    isOpening = opening !== "startup";
    return handler.opened?.(opening as Startup) ?? false;
  };
  const beginType = (byte: number): boolean => {
    type = String.fromCharCode(byte);
    if (!/[A-Za-z0-9]/.test(type)) return false;
    const wanted = handler.began(type);
    body = wanted === 0 ? NOTHING : new Uint8Array(wanted);
    got = 0;
    return true;
  };

  return {
    read(bytes) {
      for (let at = 0; at < bytes.length; ) {
        if (headBytes < (isOpening ? OPENING_BYTES : HEAD_BYTES)) {
          const byte = bytes[at++] as number;
          if (headBytes === 0 && !isOpening && !beginType(byte)) return false;
          head[headBytes++] = byte;
          if (headBytes < (isOpening ? OPENING_BYTES : HEAD_BYTES)) continue;
          if (!beginFrame()) return false;
        } else {
          const end = Math.min(bytes.length, at + remaining);
          if (got < body.length) {
            const part = bytes.subarray(at, Math.min(end, at + body.length - got));
            body.set(part, got);
            got += part.length;
          }
          remaining -= end - at;
          at = end;
        }
        if (remaining === 0 && !endFrame()) return false;
      }
      return true;
    },
  };
}

const CODES = new Map<number, Startup>([
  [80877102, "cancel"],
  [80877103, "tls"],
  [80877104, "gss"],
]);
/** the server refuses a longer one */
const LONGEST_STARTUP = 10_000;

/** What a client's first eight bytes ask for; undefined: this is not PostgreSQL. `bytes`: of the whole frame */
export function readStartup(first: Uint8Array): { readonly what: Startup; readonly bytes: number } | undefined {
  if (first.length < 8) return undefined;
  const view = new DataView(first.buffer, first.byteOffset, 8);
  const bytes = view.getInt32(0);
  const code = view.getInt32(4);
  const isVersion3 = code >>> 16 === 3 && bytes > 8;
  const what = isVersion3 ? "startup" : CODES.get(code);
  if (what === undefined || bytes < 8 || bytes > LONGEST_STARTUP) return undefined;
  return { what, bytes };
}

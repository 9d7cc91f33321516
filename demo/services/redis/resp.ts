// The wire of Redis, RESP 2 and 3: requests are arrays of bulk strings, or a line of words.
export type Reply =
  | string
  | number
  | null
  | readonly Reply[]
  | { readonly ok: string }
  | { readonly error: string }
  /** names and values; a flat array in RESP 2 */
  | { readonly pairs: readonly (readonly [string, Reply])[] };

export type Version = 2 | 3;

const MOST_BYTES = 1 << 20;

/** Cuts a stream into commands. Throws on what is none. */
export function commandReader(take: (words: string[]) => void): (chunk: Buffer) => void {
  let pending: Buffer = Buffer.alloc(0);
  return (chunk) => {
    pending = pending.length > 0 ? Buffer.concat([pending, chunk]) : chunk;
    for (;;) {
      const command = readCommand(pending);
      if (!command) break;
      pending = pending.subarray(command.length);
      if (command.words.length > 0) take(command.words);
    }
    if (pending.length > MOST_BYTES) throw new Error("too big a command");
  };
}

function readCommand(data: Buffer): { readonly words: string[]; readonly length: number } | undefined {
  let at = 0;
  const line = () => {
    const end = data.indexOf("\r\n", at);
    if (end < 0) return undefined;
    const text = data.toString("utf8", at, end);
    at = end + 2;
    return text;
  };
  const head = line();
  if (head === undefined) return undefined;
  if (!head.startsWith("*")) return { words: head.split(" ").filter(Boolean), length: at };

  const words: string[] = [];
  for (let left = size(head, "*"); left > 0; left--) {
    const start = line();
    if (start === undefined) return undefined;
    const until = at + size(start, "$");
    if (data.length < until + 2) return undefined;
    words.push(data.toString("utf8", at, until));
    at = until + 2;
  }
  return { words, length: at };
}

function size(text: string, mark: string): number {
  if (/^.\d{1,7}$/.test(text) && text.startsWith(mark) && Number(text.slice(1)) <= MOST_BYTES)
    return Number(text.slice(1));
  throw new Error(`expected ${mark} and a size, not ${JSON.stringify(text.slice(0, 20))}`);
}

export function encode(reply: Reply, version: Version): string {
  if (reply === null) return version === 3 ? "_\r\n" : "$-1\r\n";
  if (typeof reply === "number") return `:${reply}\r\n`;
  if (typeof reply === "string") return `$${Buffer.byteLength(reply)}\r\n${reply}\r\n`;
  if ("ok" in reply) return `+${reply.ok}\r\n`;
  if ("error" in reply) return `-ERR ${reply.error}\r\n`;
  const parts: readonly Reply[] = "pairs" in reply ? reply.pairs.flat() : reply;
  const head = "pairs" in reply && version === 3 ? `%${reply.pairs.length}` : `*${parts.length}`;
  return `${head}\r\n${parts.map((part) => encode(part, version)).join("")}`;
}

// Cuts a stream of bytes into lines of text. A line that does not end is cut, so that memory stays bounded.

export const MAX_LINE_BYTES = 16 << 10;
const NEWLINE = 10;
const RETURN = 13;

export type LineCutter = {
  /** the lines that are complete now, without their ends */
  push(bytes: Uint8Array): string[];
  /** the unfinished line, if there is one */
  end(): string[];
};

export function lineCutter(): LineCutter {
  let held: Buffer = Buffer.alloc(0);

  const text = (bytes: Buffer) => {
    const end = bytes[bytes.length - 1] === RETURN ? bytes.length - 1 : bytes.length;
    return bytes.toString("utf8", 0, end);
  };

  return {
    push(bytes) {
      const all =
        held.length > 0 ? Buffer.concat([held, bytes]) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      const lines: string[] = [];
      let start = 0;
      for (;;) {
        const newline = all.indexOf(NEWLINE, start);
        const end = newline < 0 ? all.length : newline;
        while (end - start > MAX_LINE_BYTES) {
          const cut = characterStart(all, start + MAX_LINE_BYTES, start);
          lines.push(all.toString("utf8", start, cut));
          start = cut;
        }
        if (newline < 0) break;
        lines.push(text(all.subarray(start, newline)));
        start = newline + 1;
      }
      held = Buffer.from(all.subarray(start));
      return lines;
    },
    end() {
      const rest = held;
      held = Buffer.alloc(0);
      return rest.length > 0 ? [text(rest)] : [];
    },
  };
}

/** the last position at or before `at` that does not split a character of UTF-8 */
function characterStart(bytes: Buffer, at: number, lowest: number): number {
  for (let position = at; position > at - 4 && position > lowest; position--) {
    if (((bytes[position] ?? 0) & 0xc0) !== 0x80) return position;
  }
  return at;
}

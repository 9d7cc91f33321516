// Bytes ⇄ Latin-1 strings by the runtime's direct methods: they skip the encoding look-up of toString and write (12 of 40 ns),
// and the runtime's types do not name them.
type Direct = {
  latin1Slice(start: number, end: number): string;
  latin1Write(text: string, at: number, atMost?: number): number;
};

/** one character per byte */
export function readLatin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as unknown as Direct).latin1Slice(start, end);
}

/** One byte per character, from `at` on; returns how many fitted. The text must hold no character beyond U+00FF. */
export function writeLatin1(into: Buffer, text: string, at: number): number {
  return (into as unknown as Direct).latin1Write(text, at);
}

/** The same, but not more than `atMost` bytes. */
export function writeLatin1Cut(into: Buffer, text: string, at: number, atMost: number): number {
  return (into as unknown as Direct).latin1Write(text, at, atMost);
}

// Ids are kept as words of 32 bits and shown as hex digits.

/** Eight lower-case digits for each word. */
export function hexWords(...words: readonly number[]): string {
  return words.map((word) => word.toString(16).padStart(8, "0")).join("");
}

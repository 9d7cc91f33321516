// Text measured in terminal cells, as a terminal would draw it: CJK and emoji take two, combining marks none.

const graphemes = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** cells; escape sequences count nothing */
export function width(text: string): number {
  return Bun.stringWidth(text);
}

/** Pads with spaces to `cells`; longer text stays as it is. */
export function pad(text: string, cells: number, align: "left" | "right"): string {
  const gap = " ".repeat(Math.max(0, cells - width(text)));
  return align === "right" ? gap + text : text + gap;
}

/** At most `cells` wide, with `…` for what was cut. Plain text only: an escape sequence could be cut in two. */
export function cut(text: string, cells: number): string {
  if (width(text) <= cells) return text;
  let used = 0;
  let kept = "";
  for (const { segment } of graphemes.segment(text)) {
    used += width(segment);
    if (used > cells - 1) break;
    kept += segment;
  }
  return cells > 0 ? `${kept}…` : "";
}

/** Control characters made visible: text that strangers chose must not steer the user's terminal. */
export function printable(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

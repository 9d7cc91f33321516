// A block of lines that is drawn again and again: in place on a terminal, one after the other anywhere else.
// A frame is one write of whole lines over the old ones (nothing is cleared first), so that nothing flickers.
import type { Terminal } from "../terminal.ts";
import { cut, width } from "./width.ts";

export type Screen = {
  draw(text: string): Promise<void>;
  /** gives the cursor back */
  close(): void;
};

// DEC private mode 2026: a terminal that knows it shows the frame at once, others ignore it.
const BEGIN = "\x1b[?2026h";
const END = "\x1b[?2026l";

export function screen(terminal: Terminal): Screen {
  if (!terminal.isTty) return { draw: (text) => terminal.write(`${text}\n`), close: () => {} };
  let drawn = 0;
  return {
    draw(text) {
      // A line that wraps would put the next frame in the wrong place. Coloured lines are tables, which fit already.
      const fit = (line: string) => (width(line) > terminal.columns() ? cut(line, terminal.columns()) : line);
      const lines = text
        .split("\n")
        .slice(0, terminal.rows() - 1)
        .map(fit);
      const up = drawn > 1 ? `\x1b[${drawn - 1}A\r` : "\r";
      drawn = lines.length;
      return terminal.write(`${BEGIN}\x1b[?25l${up}${lines.join("\x1b[K\n")}\x1b[J${END}`);
    },
    close: () => void terminal.write("\x1b[?25h\n").catch(() => {}),
  };
}

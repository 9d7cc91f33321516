// Tables for people: aligned, numbers to the right, cut to the terminal's width when there is a terminal.
import { type Tone, tint } from "./colour.ts";
import { NOTHING } from "./format.ts";
import { cut, pad, printable, width } from "./width.ts";

export type Cell = string | { readonly text: string; readonly tone?: Tone | undefined };

export type Column<Row> = {
  readonly title: string;
  readonly align?: "left" | "right";
  /** only shown with `-o wide` */
  readonly wide?: boolean;
  readonly cell: (row: Row) => Cell;
};

export type TableStyle = {
  readonly wide: boolean;
  readonly colour: boolean;
  /** cells */
  readonly columns: number;
};

const GAP = "  ";

/** Lines without line ends: the titles, then one per row. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], style: TableStyle): string[] {
  const shown = columns.filter((column) => style.wide || !column.wide);
  const titles = shown.map((column): Cell => ({ text: column.title, tone: "strong" }));
  const cells = [titles, ...rows.map((row) => shown.map((column) => column.cell(row)))].map((line) => line.map(plain));
  const widths = shown.map((_, index) => Math.max(...cells.map((line) => width(line[index]?.text ?? ""))));
  return cells.map((line) => compose(line, shown, widths, style));
}

function plain(cell: Cell): { text: string; tone?: Tone | undefined } {
  const { text, tone } = typeof cell === "string" ? { text: cell, tone: undefined } : cell;
  return { text: printable(text) || NOTHING, tone };
}

function compose<Row>(
  cells: readonly { text: string; tone?: Tone | undefined }[],
  columns: readonly Column<Row>[],
  widths: readonly number[],
  style: TableStyle,
): string {
  let line = "";
  let left = style.columns;
  for (const [index, { text, tone }] of cells.entries()) {
    const isLast = index === cells.length - 1;
    const align = columns[index]?.align ?? "left";
    // The last column is not padded on its right: no trailing spaces.
    const padded = isLast && align === "left" ? text : pad(text, widths[index] ?? 0, align);
    const shown = cut(index === 0 ? padded : GAP + padded, left);
    left -= width(shown);
    line += tint(shown, tone, style.colour);
    if (left <= 0) break;
  }
  return line.trimEnd();
}

// One answer in the form that `-o` asks for.
import type { Terminal } from "../terminal.ts";
import { json, ndjson } from "./json.ts";
import type { TableStyle } from "./table.ts";
import { yaml } from "./yaml.ts";

export const FORMATS = ["table", "wide", "json", "yaml", "ndjson"] as const;
export type Format = (typeof FORMATS)[number];

export type View = {
  /** what `-o json` and `-o yaml` show */
  readonly document: unknown;
  /** what `-o ndjson` shows, a line each */
  readonly rows: readonly unknown[];
  /** what a person sees */
  readonly lines: (style: TableStyle) => readonly string[];
};

export async function render(view: View, format: Format, terminal: Terminal): Promise<string> {
  switch (format) {
    case "json":
      return json(view.document);
    case "yaml":
      return yaml(view.document);
    case "ndjson":
      return ndjson(view.rows);
    default:
      return view
        .lines({ wide: format === "wide", colour: terminal.colour, columns: terminal.columns() })
        .map((line) => `${line}\n`)
        .join("");
  }
}

export async function emit(view: View, format: Format, terminal: Terminal): Promise<void> {
  const text = await render(view, format, terminal);
  if (text) await terminal.write(text);
}

export function isForPeople(format: Format): boolean {
  return format === "table" || format === "wide";
}

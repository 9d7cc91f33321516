// Lines of logs on the screen: `cart-1  | text`, a colour per workload; what the mesh says about one is marked.
import type { LogLine } from "../api/host-types.ts";
import type { Context } from "./context.ts";
import { labelColours, tint } from "./output/colour.ts";
import { type Format, isForPeople } from "./output/emit.ts";
import { ndjson } from "./output/json.ts";
import { pad, width } from "./output/width.ts";
import { yaml } from "./output/yaml.ts";

/** @param names known so far, for the width of the prefix; it grows when a longer one appears */
export function logPrinter(
  context: Context,
  format: Format,
  names: readonly string[],
): (line: LogLine) => Promise<void> {
  if (format === "yaml") return async (line) => context.out.write(`---\n${await yaml(line)}`);
  if (!isForPeople(format)) return (line) => context.out.write(ndjson([line]));
  const colour = context.out.colour;
  const label = labelColours(colour);
  let cells = Math.max(0, ...names.map(width));
  return (line) => {
    cells = Math.max(cells, width(line.workload));
    const time = format === "wide" ? `${new Date(line.timeUs / 1000).toISOString()} ` : "";
    const prefix = label(line.workload, `${time}${pad(line.workload, cells, "left")} |`);
    return context.out.write(`${prefix} ${body(line, colour)}\n`);
  };
}

function body({ workload, stream, text }: LogLine, colour: boolean): string {
  if (stream === "mesh") return tint(workload === "mesh" ? text : `[mesh] ${text}`, "quiet", colour);
  // A workload may colour its own lines; they must not run into the next one, nor into a file.
  if (!text.includes("\x1b")) return text;
  return colour ? `${text}\x1b[0m` : Bun.stripANSI(text);
}

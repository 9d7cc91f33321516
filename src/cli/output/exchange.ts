// One exchange as one line: `12:01:02.345 web-1 → cart-1:8080 GET /cart/{id} 200 1.2 ms`.
import type { TapRow } from "../../api/types.ts";
import { type Tone, tint } from "./colour.ts";
import { bytes, latency } from "./format.ts";
import type { TableStyle } from "./table.ts";
import { cut, pad, printable, width } from "./width.ts";

export function tapLine(row: TapRow, style: TableStyle): string {
  const parts: { text: string; tone?: Tone | undefined }[] = [
    { text: timeOfDay(row.time), tone: "quiet" },
    { text: `${row.sourceWorkload || row.source} → ${row.destinationWorkload || row.destination}:${row.port}` },
    { text: what(row) },
    { text: outcome(row), tone: isFailure(row) ? "bad" : undefined },
    { text: pad(latency(row.durationUs / 1000), 7, "right") },
  ];
  if (row.flags.length > 0) parts.push({ text: row.flags.join(","), tone: "quiet" });
  if (row.rule !== undefined) parts.push({ text: `by ${row.rule}`, tone: "quiet" });
  if (row.attempts > 1) parts.push({ text: `try ${row.attempts}`, tone: "quiet" });
  if (style.wide) {
    if (row.rival !== undefined) parts.push({ text: `not ${row.rival}`, tone: "quiet" });
    parts.push({ text: `in ${bytes(row.requestBytes)} out ${bytes(row.responseBytes)}` });
    parts.push({ text: phases(row.phases), tone: "quiet" });
    parts.push({ text: `trace ${row.traceId}`, tone: "quiet" });
  }
  let left = style.columns;
  let line = "";
  for (const { text, tone } of parts) {
    const shown = cut((line ? " " : "") + printable(text), left);
    left -= width(shown);
    line += tint(shown, tone, style.colour);
    if (left <= 0) break;
  }
  return line;
}

/** hh:mm:ss.mmm in the user's time zone */
function timeOfDay(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const two = (value: number) => String(value).padStart(2, "0");
  const ms = String(at.getMilliseconds()).padStart(3, "0");
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${ms}`;
}

function what(row: TapRow): string {
  if (row.method) return asked(row);
  return `${asked(row)} ${bytes(row.requestBytes)} ↑ ${bytes(row.responseBytes)} ↓`;
}

/** `GET /cart`, `postgres SELECT orders`, `tcp` */
export function asked({ method, protocol, path }: Pick<TapRow, "method" | "protocol" | "path">): string {
  return `${method || protocol} ${path}`.trimEnd();
}

function outcome(row: TapRow): string {
  const status = row.status > 0 ? String(row.status) : row.error ? "" : row.protocol === "tcp" ? "closed" : "-";
  return [status, row.error].filter(Boolean).join(" ");
}

function isFailure(row: TapRow): boolean {
  return row.error !== undefined || row.status >= 500;
}

function phases(of: TapRow["phases"]): string {
  return Object.entries(of)
    .map(([phase, us]) => `${phase} ${latency(us / 1000)}`)
    .join(", ");
}

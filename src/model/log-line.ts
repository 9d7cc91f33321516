// How a workload's output lies on the disk: one line per line, with the time it was read and the stream it came from.
//
//   <µs since the epoch> <o|e|m> <text>
//
// Per workload <logs>/<service>/<workload>.log; full files are moved to .log.1, then .log.2, the oldest.
import { join } from "node:path";

/** `mesh`: what Meshwise itself says about the workload, such as that it exited */
export type LogStream = "stdout" | "stderr" | "mesh";

export type LoggedLine = { readonly timeUs: number; readonly stream: LogStream; readonly text: string };

/** older files that are kept beside the current one */
export const OLDER_LOG_FILES = 2;

const LETTERS = { stdout: "o", stderr: "e", mesh: "m" } as const satisfies Record<LogStream, string>;
const STREAMS: Readonly<Record<string, LogStream>> = { o: "stdout", e: "stderr", m: "mesh" };

/** The current file of a workload; its older ones are `${path}.1` and `${path}.2`. */
export function logFile(logs: string, service: string, workload: string): string {
  return join(logs, service, `${workload}.log`);
}

/** With its line end. `text` must not contain one. */
export function formatLogLine({ timeUs, stream, text }: LoggedLine): string {
  return `${Math.floor(timeUs)} ${LETTERS[stream]} ${text}\n`;
}

/** @param line without its line end; undefined: not a line of ours, such as one that was cut by a crash */
export function parseLogLine(line: string): LoggedLine | undefined {
  const space = line.indexOf(" ");
  const stream = STREAMS[line[space + 1] ?? ""];
  if (space < 1 || !stream || line[space + 2] !== " ") return undefined;
  const timeUs = Number(line.slice(0, space));
  if (!Number.isSafeInteger(timeUs)) return undefined;
  return { timeUs, stream, text: line.slice(space + 3) };
}

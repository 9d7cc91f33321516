// Keeps what a workload says, secrets masked, in the form of model/log-line.ts. A disk that is full, or gone, stops neither the workload nor
// us: lines are then dropped and counted, and the count is written down when writing works again.
import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { redact } from "../../base/redact.ts";
import { namesAnError, tellingLine } from "../../base/telling-line.ts";
import { formatLogLine, type LogStream, logFile, OLDER_LOG_FILES } from "../../model/log-line.ts";
import { lineCutter } from "./line-cutter.ts";

const MAX_FILE_BYTES = 10 << 20;
/** between two tries to open or write a file that failed */
const RETRY_MS = 1000;

export type WorkloadLog = {
  write(stream: "stdout" | "stderr", bytes: Uint8Array): void;
  /** a line of our own about the workload */
  say(text: string): void;
  /** the line that says best why the process ended, from its errors, or else from its output */
  lastWord(): string | undefined;
  /** a new process writes from here on: what an earlier one said is no reason of its end */
  begin(): void;
  /** lines lost since the start */
  dropped(): number;
  /** the process has ended: writes its unfinished lines. The log may be used again */
  flush(): void;
  close(): void;
};

export function openLog({ logs, service, workload, maxBytes = MAX_FILE_BYTES }: LogPlace, clock: Clock): WorkloadLog {
  const file = appendingFile(logFile(logs, service, workload), maxBytes, clock);
  const cutters = { stdout: lineCutter(), stderr: lineCutter() };
  const telling: { [S in LogStream]?: string | undefined } = {};

  const keep = (stream: LogStream, printed: readonly string[]) => {
    if (printed.length === 0) return;
    const lines = printed.map(redact); // a secret that is on no disk needs no guard
    const line = tellingLine(lines);
    const before = telling[stream];
    if (line !== undefined && (before === undefined || namesAnError(line) || !namesAnError(before)))
      telling[stream] = line;
    const timeUs = clock.nowUs();
    file.append(lines.map((text) => formatLogLine({ timeUs, stream, text })).join(""), lines.length);
  };

  return {
    write: (stream, bytes) => keep(stream, cutters[stream].push(bytes)),
    say: (text) => keep("mesh", text.split("\n")),
    lastWord: () => telling.stderr ?? telling.stdout,
    dropped: file.dropped,
    flush() {
      keep("stdout", cutters.stdout.end());
      keep("stderr", cutters.stderr.end());
    },
    begin() {
      telling.stdout = undefined;
      telling.stderr = undefined;
    },
    close: file.close,
  };
}

export type LogPlace = {
  /** directory of the project's logs */
  readonly logs: string;
  readonly service: string;
  readonly workload: string;
  /** size at which a file is put aside */
  readonly maxBytes?: number;
};

function appendingFile(path: string, maxBytes: number, clock: Clock) {
  let fd: number | undefined;
  let size = 0;
  let dropped = 0;
  let untold = 0;
  let retryAt = 0;

  const open = () => {
    mkdirSync(dirname(path), { recursive: true });
    fd = openSync(path, "a", 0o600);
    size = fstatSync(fd).size;
  };

  const close = () => {
    if (fd !== undefined) closeSync(fd);
    fd = undefined;
  };

  const rotate = () => {
    close();
    for (let older = OLDER_LOG_FILES; older > 0; older--) {
      try {
        renameSync(older === 1 ? path : `${path}.${older - 1}`, `${path}.${older}`);
      } catch {
        // there is no such file yet
      }
    }
  };

  const write = (text: string) => {
    if (fd !== undefined && size >= maxBytes) rotate();
    if (fd === undefined) open();
    const bytes = Buffer.from(text);
    // a disk that fills up in the middle takes a part; the reader skips a line that was cut
    const written = writeSync(fd as number, bytes);
    size += written;
    if (written < bytes.length) throw new Error("the disk is full");
  };

  return {
    append(text: string, lines: number) {
      try {
        if (untold > 0) {
          if (clock.monotonicMs() < retryAt) throw new Error("not yet");
          const told = `${untold} lines were lost: they could not be written`;
          write(`\n${formatLogLine({ timeUs: clock.nowUs(), stream: "mesh", text: told })}`);
          untold = 0;
        }
        write(text);
      } catch {
        if (clock.monotonicMs() >= retryAt) retryAt = clock.monotonicMs() + RETRY_MS;
        untold += lines;
        dropped += lines;
      }
    },
    dropped: () => dropped,
    close,
  };
}

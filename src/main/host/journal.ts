// What Meshwise itself has to say about a project: the log of the pseudo-workload "mesh", in the format of every other
// log, so that `meshwise logs` shows it in its place.
import { appendFileSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { formatLogLine, logFile, OLDER_LOG_FILES } from "../../model/log-line.ts";

export type Journal = { say(text: string): void };

const MAX_BYTES = 1 << 20;

export function openJournal(logs: string, clock: Clock): Journal {
  const file = logFile(logs, "mesh", "mesh");
  return {
    say(text) {
      const lines = text
        .split("\n")
        .map((line) => formatLogLine({ timeUs: clock.nowUs(), stream: "mesh", text: line }));
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
        if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) > MAX_BYTES) rotate(file);
        appendFileSync(file, lines.join(""), { mode: 0o600 });
      } catch {
        // a full disk must not end the project; the same text goes to whoever waits for an answer
      }
    },
  };
}

function rotate(file: string): void {
  rmSync(`${file}.${OLDER_LOG_FILES}`, { force: true });
  for (let age = OLDER_LOG_FILES - 1; age >= 0; age--) {
    const from = age === 0 ? file : `${file}.${age}`;
    if (statSync(from, { throwIfNoEntry: false })) renameSync(from, `${file}.${age + 1}`);
  }
}

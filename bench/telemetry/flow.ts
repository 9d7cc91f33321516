// A mesh that goes on while it is asked about: batches of exchanges at a steady rate, made before and dated anew, and a sample
// of the workloads each second.
import type { Uploader } from "../../src/agent/supervisor/upload.ts";
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { decodeBatch } from "../../src/model/span-batch.ts";
import { batchOf, randomSpans, sample } from "../../test/support/telemetry.ts";

const EVERY_MS = 100;
const MADE = 16;

export type Flow = {
  /** exchanges that were sent so far */
  sent(): number;
  stop(): void;
};

export function startFlow(upload: Uploader, perSecond: number): Flow {
  const rows = (perSecond * EVERY_MS) / 1e3;
  const madeUs = systemClock.nowUs();
  const made = Array.from({ length: MADE }, (_, at) =>
    batchOf(randomSpans(rows, madeUs - EVERY_MS * 1e3, madeUs, seededRandom(at + 1)), at),
  );
  const beganMs = systemClock.monotonicMs();
  let sent = 0;
  const send = () => {
    const bytes = new Uint8Array(made[sent % MADE] as Uint8Array);
    redate(bytes, systemClock.nowUs() - madeUs, sent);
    upload.spans(bytes, rows);
    if (sent % (1_000 / EVERY_MS) === 0) upload.sample(JSON.stringify(sample({ atUs: systemClock.nowUs() })));
    sent++;
  };
  const { cancel } = systemClock.every(EVERY_MS / 2, () => {
    const due = (systemClock.monotonicMs() - beganMs) / EVERY_MS;
    while (sent < due) send();
  });
  return { sent: () => sent * rows, stop: cancel };
}

/** The columns are views of the bytes. */
function redate(bytes: Uint8Array, laterUs: number, salt: number): void {
  const columns = decodeBatch(bytes)?.columns;
  if (!columns) throw new Error("a batch that was made is none");
  for (let row = 0; row < columns.startUs.length; row++) {
    columns.startUs[row] = (columns.startUs[row] as number) + laterUs;
    for (const name of ["trace0", "client0"] as const)
      columns[name][row] = ((columns[name][row] as number) ^ (salt * 0x9e3779b9)) >>> 0;
  }
}

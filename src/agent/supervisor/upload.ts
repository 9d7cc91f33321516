// Sends telemetry to the observatory, which may be down: what waits is bounded in bytes, the oldest is given up first, and
// every span given up is counted.
import type { Clock } from "../../base/clock.ts";

const MAX_QUEUE_BYTES = 32 << 20;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 2000;
const TIMEOUT_MS = 10_000;

export type Uploader = {
  spans(batch: Uint8Array<ArrayBuffer>, rows: number): void;
  /** only the newest waits */
  sample(json: string): void;
  /** spans given up since the agent started */
  lost(): number;
  /** resolves when nothing waits any more */
  idle(): Promise<void>;
};

/** @param socket path of the observatory's ingest socket */
export function uploader(socket: string, clock: Clock): Uploader {
  const queue: { readonly batch: Uint8Array<ArrayBuffer>; readonly rows: number }[] = [];
  let queuedBytes = 0;
  let newestSample: string | undefined;
  let lost = 0;
  let sending: Promise<void> | undefined;

  /** true: taken, or refused for good; false: try again later */
  const post = async (
    path: string,
    type: string,
    body: Uint8Array | string,
  ): Promise<"taken" | "refused" | "later"> => {
    try {
      const response = await fetch(`http://observatory${path}`, {
        unix: socket,
        method: "POST",
        headers: { "content-type": type },
        body,
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      await response.arrayBuffer();
      if (response.ok) return "taken";
      return response.status < 500 ? "refused" : "later";
    } catch {
      return "later";
    }
  };

  const sendAll = async () => {
    let delay = FIRST_RETRY_MS;
    for (;;) {
      const head = queue[0];
      const sample = newestSample;
      if (!head && sample === undefined) return;
      const outcome = head
        ? await post("/ingest/spans", "application/octet-stream", head.batch)
        : await post("/ingest/sample", "application/json", sample as string);
      if (outcome === "later") {
        await clock.sleep(delay);
        delay = Math.min(delay * 2, MAX_RETRY_MS);
        continue;
      }
      delay = FIRST_RETRY_MS;
      if (!head) {
        if (newestSample === sample) newestSample = undefined;
      } else if (queue[0] === head) {
        queue.shift();
        queuedBytes -= head.batch.length;
        if (outcome === "refused") lost += head.rows;
      }
    }
  };

  const send = () => {
    sending ??= sendAll()
      .catch(() => {})
      .finally(() => {
        sending = undefined;
      });
  };

  return {
    spans(batch, rows) {
      queue.push({ batch, rows });
      queuedBytes += batch.length;
      while (queuedBytes > MAX_QUEUE_BYTES && queue.length > 1) {
        // the head may be on its way: it is given up all the same, and counted, for nobody can know
        const oldest = queue.shift() as (typeof queue)[number];
        queuedBytes -= oldest.batch.length;
        lost += oldest.rows;
      }
      send();
    },
    sample(json) {
      newestSample = json;
      send();
    },
    lost: () => lost,
    idle: () => sending ?? Promise.resolve(),
  };
}

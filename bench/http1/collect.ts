// What a supervisor does for the spans of a worker: empties its ring each second, or when it is half full, into a batch for
// the observatory. usage: bun bench/http1/collect.ts RING_FILE. At SIGTERM it prints how many spans it got and how many were lost.
import { mapShared, RING_ROWS } from "../../src/agent/shared-memory.ts";
import { systemClock } from "../../src/base/clock.ts";
import { encodeBatch } from "../../src/model/span-batch.ts";
import { spanReader } from "../../src/model/span-ring.ts";

const PERIOD_MS = 1000;
const LOOK_MS = 50;

/** Until SIGTERM. @param ring with RING_ROWS rows */
export function collect(ring: Uint8Array): void {
  const reader = spanReader(ring, RING_ROWS);
  let spans = 0;
  let sequence = 0;
  let drainedAtMs = 0;

  function drain(): void {
    drainedAtMs = systemClock.monotonicMs();
    spans += reader.unread();
    encodeBatch({ agent: "bench", sequence: ++sequence }, [reader], RING_ROWS);
  }

  setInterval(() => {
    if (reader.unread() > RING_ROWS / 2 || systemClock.monotonicMs() - drainedAtMs >= PERIOD_MS) drain();
  }, LOOK_MS);
  process.on("SIGTERM", () => {
    drain();
    console.log(JSON.stringify({ spans, lost: reader.dropped() }));
    process.exit(0);
  });
}

if (import.meta.main) collect(mapShared(process.argv[2] ?? ""));

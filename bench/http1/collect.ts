// What a supervisor does for the spans of a worker: makes batches of them for the observatory.
// usage: bun bench/http1/collect.ts RING_FILE. At SIGTERM it prints how many spans it got and how many were lost.
import { mapShared, RING_ROWS } from "../../src/agent/shared-memory.ts";
import { collector, LOOK_MS } from "../../src/agent/supervisor/collector.ts";
import { systemClock } from "../../src/base/clock.ts";
import { spanReader } from "../../src/model/span-ring.ts";

const PERIOD_MS = 1000;

/** Until SIGTERM. @param ring with RING_ROWS rows */
export function collect(ring: Uint8Array): void {
  const reader = spanReader(ring, RING_ROWS);
  let spans = 0;
  let dueMs = 0;
  const send = (_: Uint8Array, rows: number) => {
    spans += rows;
  };
  const { look } = collector({ agent: "bench", rings: [reader], ruleOf: () => undefined, send });

  setInterval(() => {
    const isDue = systemClock.monotonicMs() >= dueMs;
    if (isDue) dueMs = systemClock.monotonicMs() + PERIOD_MS;
    look(isDue);
  }, LOOK_MS);
  process.on("SIGTERM", () => {
    look(true);
    console.log(JSON.stringify({ spans, lost: reader.dropped() }));
    process.exit(0);
  });
}

if (import.meta.main) collect(mapShared(process.argv[2] ?? ""));

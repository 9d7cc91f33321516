// Until when all exchanges have come. Agents send once a second; one that could not for a while sends what it kept, and
// then its own time counts, not ours.
import type { Clock } from "../../base/clock.ts";
import type { Arrival } from "../ingest/arrival.ts";

/** a second between two batches, and the way here */
const LATE_US = 1.5e6;
/** so much behind: it is catching up */
const BACKLOG_US = 3e6;
const MOST_AGENTS = 64;

export type Watermark = {
  add(arrival: Arrival): void;
  /** µs since the epoch; what ended before has come */
  dataUs(): number;
};

export function watermark(clock: Clock): Watermark {
  const agents = new Map<string, { newestUs: number; receivedUs: number }>();
  return {
    add({ batch: { header, columns }, rows, receivedUs }) {
      let newestUs = Number.NEGATIVE_INFINITY;
      for (let row = 0; row < rows; row++) {
        newestUs = Math.max(newestUs, (columns.startUs[row] as number) + (columns.end[row] as number));
      }
      if (!agents.has(header.agent) && agents.size >= MOST_AGENTS) agents.delete(agents.keys().next().value as string);
      agents.set(header.agent, { newestUs, receivedUs });
    },
    dataUs() {
      const nowUs = clock.nowUs();
      let dataUs = nowUs - LATE_US;
      for (const { newestUs, receivedUs } of agents.values()) {
        const isCatchingUp = receivedUs > nowUs - BACKLOG_US && newestUs < receivedUs - BACKLOG_US;
        if (isCatchingUp) dataUs = Math.min(dataUs, newestUs);
      }
      return dataUs;
    },
  };
}

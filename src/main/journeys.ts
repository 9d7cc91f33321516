// The thread that answers what visitors did; see api/journeys-thread.ts.
import { type Answered, type JourneyQuestion, journeyAnswers } from "../analysis/journeys/visits/asked.ts";
import type { JourneyRequest, JourneyResponse } from "../api/journeys-thread.ts";
import { systemClock } from "../base/clock.ts";
import { systemRandom } from "../base/random.ts";

const answer = journeyAnswers({ random: systemRandom(), nowMs: systemClock.monotonicMs });

declare const self: Worker;

self.onmessage = ({ data: { id, table, question } }: MessageEvent<JourneyRequest>) => {
  self.postMessage(responded(id, () => answer(table, question)));
};

function responded(id: number, give: () => Answered<JourneyQuestion["about"]>): JourneyResponse {
  try {
    return { id, answer: give() };
  } catch (thrown) {
    return { id, failed: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

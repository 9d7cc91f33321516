// Asks what visitors did in a thread of its own: of two million requests an answer takes seconds, in which the thread that asks
// takes what agents send and answers others. Rows lie in memory that both share; nothing but names is copied.
import { type Answered, type JourneyQuestion, journeyAnswers } from "../analysis/journeys/visits/asked.ts";
import type { Clock } from "../base/clock.ts";
import { systemRandom } from "../base/random.ts";
import type { VisitTable } from "../model/visits.ts";

/** Throws when the answer itself fails. */
export type AskJourneys = <Asked extends JourneyQuestion>(
  table: VisitTable,
  question: Asked,
) => Promise<Answered<Asked["about"]>>;

export type JourneyRequest = { readonly id: number; readonly table: VisitTable; readonly question: JourneyQuestion };
export type JourneyResponse =
  | { readonly id: number; readonly answer: Answered<JourneyQuestion["about"]> }
  | { readonly id: number; readonly failed: string };

/** Starts it when somebody asks. @param program path of main/journeys.ts */
export function journeysThread(program: string): AskJourneys {
  let running: Worker | undefined;
  let asked = 0;
  const waiting = new Map<number, PromiseWithResolvers<Answered<JourneyQuestion["about"]>>>();

  const start = (): Worker => {
    const worker = new Worker(program, { ref: false });
    worker.onmessage = ({ data }: MessageEvent<JourneyResponse>) => {
      const one = waiting.get(data.id);
      waiting.delete(data.id);
      if ("answer" in data) one?.resolve(data.answer);
      else one?.reject(new Error(data.failed));
    };
    worker.onerror = ({ message }) => {
      worker.terminate();
      running = undefined;
      for (const one of waiting.values()) one.reject(new Error(message));
      waiting.clear();
    };
    return worker;
  };

  return (table, question) => {
    running ??= start();
    const one = Promise.withResolvers<Answered<JourneyQuestion["about"]>>();
    waiting.set(++asked, one);
    running.postMessage({ id: asked, table, question } satisfies JourneyRequest);
    return one.promise as Promise<Answered<(typeof question)["about"]>>;
  };
}

/** In the thread that asks. */
export function journeysHere({ monotonicMs }: Pick<Clock, "monotonicMs">): AskJourneys {
  const answer = journeyAnswers({ random: systemRandom(), nowMs: monotonicMs });
  return async (table, question) => answer(table, question);
}

// Answers that several clients want at the same moment are found once. Clients wake at the same beats of the clock, so it
// is enough to keep an answer for a fraction of a beat.
import type { Clock } from "../../base/clock.ts";

/** The text of a document, or of a problem. */
export type Told = { readonly isAnswer: boolean; readonly text: string };

export type Shared = (question: string) => Promise<Told>;

const FRESH_MS = 200;

/** @param ask answers a question of the API, such as `/map?since=5m` */
export function sharedAnswers(clock: Clock, ask: (question: string) => Promise<Response>): Shared {
  const kept = new Map<string, { readonly atMs: number; readonly told: Promise<Told> }>();
  return (question) => {
    const nowMs = clock.monotonicMs();
    for (const [other, { atMs }] of kept) if (nowMs - atMs >= FRESH_MS) kept.delete(other);
    const found = kept.get(question);
    if (found) return found.told;
    const told = ask(question).then(async (response) => ({ isAnswer: response.ok, text: await response.text() }));
    kept.set(question, { atMs: nowMs, told });
    return told;
  };
}

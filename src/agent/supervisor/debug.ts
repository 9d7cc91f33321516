// Answers `meshwise debug`: asks every worker, waits for all of them a while, and adds what the supervisor knows.
import type { Clock } from "../../base/clock.ts";
import type { DebugAnswer, DebugQuestion } from "../../model/messages.ts";

const ANSWER_WITHIN_MS = 4000;

export type DebugDeps = {
  readonly clock: Clock;
  /** asks all workers; how many there are */
  readonly ask: (question: DebugQuestion) => number;
  /** what the supervisor itself has to say */
  readonly describe: (what: DebugQuestion["what"]) => unknown;
};

export type Debug = {
  question(question: DebugQuestion, reply: (answer: DebugAnswer) => void): void;
  answer(worker: number, answer: DebugAnswer): void;
};

export function makeDebug({ clock, ask, describe }: DebugDeps): Debug {
  type Open = { readonly answers: { worker: number; answer: unknown }[]; awaited: number; finish(): void };
  const open = new Map<number, Open>();
  let lastId = 0;
  return {
    question({ id, what }, reply) {
      const own = ++lastId;
      const answers: Open["answers"] = [];
      const finish = () => {
        if (!open.delete(own)) return;
        answers.sort((a, b) => a.worker - b.worker);
        reply({ type: "debugAnswer", id, answer: { supervisor: describe(what), workers: answers } });
      };
      const one: Open = { answers, awaited: 0, finish };
      open.set(own, one);
      one.awaited = ask({ type: "debug", id: own, what });
      if (one.awaited === 0) finish();
      else clock.after(ANSWER_WITHIN_MS, finish);
    },
    answer(worker, { id, answer }) {
      const one = open.get(id);
      if (!one) return;
      one.answers.push({ worker, answer });
      if (one.answers.length >= one.awaited) one.finish();
    },
  };
}

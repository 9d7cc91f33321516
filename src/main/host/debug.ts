// Questions of `meshwise debug` on their way to the workers and back.
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { DebugAnswer, DebugQuestion, HostToRunner } from "../../model/messages.ts";

export type DebugQuestions = {
  ask(what: DebugQuestion["what"]): Promise<unknown>;
  take(answer: DebugAnswer): void;
  endAll(): void;
};

/** a profile takes its time */
const WITHIN_MS = 45_000;

export function debugQuestions(clock: Clock, send: (message: HostToRunner) => void): DebugQuestions {
  const open = new Map<number, PromiseWithResolvers<unknown>>();
  let lastId = 0;
  return {
    async ask(what) {
      const id = ++lastId;
      const question = Promise.withResolvers<unknown>();
      open.set(id, question);
      const late = clock.after(WITHIN_MS, () =>
        question.reject(new MeshError("host_failed", "the workers do not answer")),
      );
      send({ type: "debug", id, what });
      try {
        return await question.promise;
      } finally {
        late.cancel();
        open.delete(id);
      }
    },
    take: ({ id, answer }) => open.get(id)?.resolve(answer),
    endAll() {
      for (const { reject } of open.values()) reject(new MeshError("host_failed", "the sandbox has ended"));
    },
  };
}

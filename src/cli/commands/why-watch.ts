// `meshwise why --watch`: each new cause as it is found, and when nothing is wrong any more.
import type { Answer } from "../../analysis/why/answer.ts";
import type { Clock } from "../../base/clock.ts";

const LOOK_EVERY_MS = 10_000;

/** Of the answers to the same question, again and again, those that say something else than the one before. Without end. */
export async function* news(ask: () => Promise<Answer>, clock: Pick<Clock, "sleep">): AsyncGenerator<Answer> {
  for (let told = ""; ; await clock.sleep(LOOK_EVERY_MS)) {
    const answer = await ask();
    const trouble = troubleOf(answer);
    if (trouble !== told) yield answer;
    told = trouble;
  }
}

/** Who, and of what he is the cause; "": nothing is wrong, or nobody knows yet. */
function troubleOf({ question, findings: [first] }: Answer): string {
  return first ? `${question} ${first.subject.service}` : "";
}

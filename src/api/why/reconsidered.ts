// What is seen of the first suspect may clear it; then another one is the first.
import type { Answer, Finding } from "../../analysis/why/answer.ts";
import { isFor } from "../../analysis/why/contrast/decisive.ts";
import { isFree } from "../../analysis/why/free.ts";
import type { Known } from "../../analysis/why/suspects.ts";
import { learning } from "../../analysis/why/words.ts";
import type { Course } from "../../model/tally.ts";
import type { QuestionDeps } from "../question.ts";
import { deepest } from "./deepest.ts";
import { lookAt, materialOf, type Seen } from "./look.ts";

/** so many services are cleared before what is found is told */
const MOST_CLEARED = 4;

/** What is seen of the first suspect may clear it; then another one is the first. */
export async function reconsidered(
  deps: QuestionDeps,
  course: Course,
  asked: Seen,
  ask: (known: Known) => Answer,
): Promise<Answer> {
  const free = new Set<string>();
  const cleared = new Map<string, string>();
  for (;;) {
    const answer = ask({ free, cleared });
    const seen = { ...asked, left: answer.baseline.without ?? [] };
    const [first] = answer.findings;
    if (!first) return learning(answer);
    const looked = await lookAt(deps, course, first, seen);
    const [caller, suspect] = first.path.slice(-2);
    if (cleared.size + free.size >= MOST_CLEARED) return await deepest(deps, course, seen, answer, looked);
    if (caller && suspect && isFor(caller, looked.evidence.contrast) && !cleared.has(suspect)) {
      cleared.set(suspect, caller);
      continue;
    }
    const more = (await freeOf(deps, course, seen, answer)).filter((service) => !free.has(service));
    if (more.length === 0) return await deepest(deps, course, seen, answer, looked);
    for (const service of more) free.add(service);
  }
}

/** Who adds more than the first suspect, is said to be held up by it, and is not, by what he changed or by his own ledger. */
async function freeOf(deps: QuestionDeps, course: Course, seen: Seen, { findings }: Answer): Promise<string[]> {
  const [first] = findings;
  if (!first) return [];
  const added = ({ evidence: [all] }: Finding) => (all ? all.observed - all.baseline : 0);
  const above = findings.filter((one) => {
    return first.path.slice(0, -1).includes(one.subject.service) && added(one) > added(first);
  });
  const found = await Promise.all(
    above.map(async (one) => {
      const { service } = one.subject;
      const callee = first.path[first.path.indexOf(service) + 1] ?? "";
      return isFree(await materialOf(deps, course, one, seen), callee) ? [service] : [];
    }),
  );
  return found.flat();
}

// From the first suspect on to whom its requests wait for, by its ledger, and so on, as far as that is known.
import type { Answer } from "../../analysis/why/answer.ts";
import { asksOf } from "../../analysis/why/asked.ts";
import { withEvidence } from "../../analysis/why/classify.ts";
import { callsOf, descended, queuesOf, waitOf } from "../../analysis/why/descend.ts";
import { blamed, failingOf } from "../../analysis/why/failing.ts";
import type { Course } from "../../model/tally.ts";
import type { QuestionDeps } from "../question.ts";
import { type Looked, lookAt, type Seen } from "./look.ts";

export async function deepest(
  deps: QuestionDeps,
  course: Course,
  seen: Seen,
  answer: Answer,
  { material, evidence }: Looked,
): Promise<Answer> {
  const [first] = answer.findings;
  if (!first || evidence.change !== undefined) return withEvidence(answer, evidence);
  const isKnown = ({ callee }: { readonly callee: string }) =>
    course.services.some(({ name, namespace }) => name === callee && namespace !== "") && !first.path.includes(callee);
  const look = (told: Answer) => lookAt(deps, course, told.findings[0] ?? first, seen, asksOf(material));
  const further = async (told: Answer) => await deepest(deps, course, seen, told, await look(told));
  if (seen.metric === "availability") {
    // figures of services have told already whose failures they are, but not those of single requests
    const failing = material.asked?.isFollowed ? failingOf(material) : undefined;
    return failing && isKnown(failing) ? await further(blamed(answer, failing)) : withEvidence(answer, evidence);
  }
  const calls = callsOf(material);
  const wait = waitOf(evidence, calls);
  if (wait && isKnown(wait)) return await further(descended(answer, wait));
  for (const queue of wait ? [] : queuesOf(evidence, calls).filter(isKnown)) {
    const told = descended(answer, queue);
    const looked = await look(told);
    if (looked.evidence.pressure) return withEvidence(told, looked.evidence);
  }
  return withEvidence(answer, evidence);
}

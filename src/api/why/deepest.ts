// From the first suspect on to whom its requests wait for, by its ledger, and so on, as far as that is known.

import type { LedgerFacts } from "../../analysis/ledger/ledger.ts";
import type { Answer } from "../../analysis/why/answer.ts";
import { withEvidence } from "../../analysis/why/classify.ts";
import { type Calls, descended, queuesOf, type Wait, waitOf } from "../../analysis/why/descend.ts";
import type { Material } from "../../analysis/why/evidence.ts";
import type { Course } from "../../model/tally.ts";
import type { QuestionDeps } from "../question.ts";
import { type Looked, lookAt, type Seen } from "./look.ts";

/** From the first suspect on to whom its requests wait for, by its ledger, and so on, as far as that is known. */
export async function deepest(
  deps: QuestionDeps,
  course: Course,
  seen: Seen,
  answer: Answer,
  { material, evidence }: Looked,
): Promise<Answer> {
  const [first] = answer.findings;
  if (!first || seen.metric !== "latency" || evidence.change !== undefined) return withEvidence(answer, evidence);
  const isKnown = ({ callee }: Wait) =>
    course.services.some(({ name, namespace }) => name === callee && namespace !== "") && !first.path.includes(callee);
  const further = async (wait: Wait) => {
    const told = descended(answer, wait);
    return { told, looked: await lookAt(deps, course, told.findings[0] ?? first, seen, first.subject.service) };
  };
  const calls = callsOf(material);
  const wait = waitOf(evidence, calls);
  if (wait && isKnown(wait)) {
    const { told, looked } = await further(wait);
    return await deepest(deps, course, seen, told, looked);
  }
  for (const queue of wait ? [] : queuesOf(evidence, calls).filter(isKnown)) {
    const { told, looked } = await further(queue);
    if (looked.evidence.pressure) return withEvidence(told, looked.evidence);
  }
  return withEvidence(answer, evidence);
}

function callsOf({ before, during }: Pick<Material, "before" | "during">): Calls {
  const perRequest = ({ requests, calls }: LedgerFacts, callee: string) =>
    calls.filter(({ destination }) => destination === callee).length / Math.max(1, requests.length);
  const callees = new Set(during.calls.map(({ destination }) => destination));
  return new Map(
    [...callees].map((one) => [one, { before: perRequest(before, one), during: perRequest(during, one) }]),
  );
}

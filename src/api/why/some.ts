// Asks why some of a service's requests are slow or fail: those of a route, those of one caller, or both.
import type { Answer } from "../../analysis/why/answer.ts";
import type { Asked } from "../../analysis/why/asked.ts";
import { asSureAs } from "../../analysis/why/some.ts";
import { learning } from "../../analysis/why/words.ts";
import type { Course } from "../../model/tally.ts";
import { invalid } from "../parameters.ts";
import type { QuestionDeps } from "../question.ts";
import { deepest } from "./deepest.ts";
import { lookAt, type Seen } from "./look.ts";

export type Some = Pick<Asked, "route" | "source"> & { readonly service: string | undefined };

/** Whose requests they are. @throws MeshError question_invalid when they are nobody's, or those of several services */
export function serviceOf({ services }: Course, { service, route, source }: Some): string {
  const names = services.filter(({ namespace }) => namespace !== "").map(({ name }) => name);
  if (names.length > 1) throw invalid(`${names.join(", ")} answer ${route ?? source}: say which of them is meant`);
  if (names[0] !== undefined) return names[0];
  const what = [service, route].filter(Boolean).join(" for ") || "anybody";
  throw invalid(`${source ?? "nobody"} ${source === undefined ? "asked" : "did not ask"} ${what} in this time`);
}

export async function ofSome(
  deps: QuestionDeps,
  whole: Course,
  asking: Seen,
  answer: Answer,
  some: Pick<Asked, "route" | "source">,
): Promise<Answer> {
  const [first] = answer.findings;
  if (!first) return learning(answer);
  const seen = { ...asking, left: answer.baseline.without ?? [] };
  const looked = await lookAt(deps, whole, first, seen, { ...some, isFollowed: true });
  return asSureAs(looked.evidence.during, some, await deepest(deps, whole, seen, answer, looked));
}

// Who began a declared journey of the running mesh, and how long it took them to come through.
import { declaredFunnel } from "../analysis/journeys/funnel/definition.ts";
import type { Entries } from "../analysis/objectives/conversion.ts";
import type { QuestionDeps } from "./question.ts";

/** @returns undefined when no journey is called so, or visitors cannot be told apart: then nothing is called significant */
export async function conversionEntries(
  { observatory, clock, journeys }: QuestionDeps,
  journey: string,
  windowS: number,
): Promise<Entries | undefined> {
  const declared = observatory.journeys().find(({ name }) => name === journey);
  if (!declared) return undefined;
  const nowUs = clock.nowUs();
  const table = observatory.visits(nowUs - windowS * 1e6, nowUs);
  const entries = await journeys(table, { about: "entries", funnel: declaredFunnel(declared) });
  return entries && "wrong" in entries ? undefined : entries;
}

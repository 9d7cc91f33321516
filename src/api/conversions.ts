// Who began a declared journey of the running mesh, and how long it took them to come through.
import { declaredFunnel } from "../analysis/journeys/funnel/definition.ts";
import { entriesOf } from "../analysis/journeys/funnel/entries.ts";
import { withTriesApart } from "../analysis/journeys/tries.ts";
import { rolesOf } from "../analysis/journeys/why/roles.ts";
import type { Entries } from "../analysis/objectives/conversion.ts";
import type { Clock } from "../base/clock.ts";
import type { Observatory } from "../observatory/observatory.ts";
import { visitLog } from "./visit-log.ts";

/** @returns undefined when no journey is called so, or visitors cannot be told apart: then nothing is called significant */
export function conversionEntries(
  observatory: Observatory,
  clock: Clock,
  journey: string,
  windowS: number,
): Entries | undefined {
  const declared = observatory.journeys().find(({ name }) => name === journey);
  if (!declared) return undefined;
  const nowUs = clock.nowUs();
  const { visits } = visitLog(observatory, clock, { fromUs: nowUs - windowS * 1e6, toUs: nowUs });
  if (visits.isWeak) return undefined;
  const { log } = visits;
  const entries = entriesOf(withTriesApart(log, rolesOf(log).undone), declaredFunnel(declared));
  return "wrong" in entries ? undefined : entries;
}

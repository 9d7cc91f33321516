// PostHog's way on the same data: of all properties of what people met, the one whose odds of success are lowest.
import type { FunnelDefinition } from "../../../src/analysis/journeys/funnel/definition.ts";
import type { EventLog } from "../../../src/analysis/journeys/log.ts";
import { withTriesApart } from "../../../src/analysis/journeys/tries.ts";
import { atRisk } from "../../../src/analysis/journeys/why/at-risk.ts";
import { exposuresOf } from "../../../src/analysis/journeys/why/exposures.ts";
import { odds } from "../../../src/analysis/journeys/why/odds.ts";
import { rolesOf } from "../../../src/analysis/journeys/why/roles.ts";

export type Named = { readonly event: string; readonly kind: string };

/** Odds that a reader would take for an answer. */
const TELLING = 0.67;

/** @returns the technical property that it names; undefined when it names none, or one that is not technical */
export function plainScore(log: EventLog, definition: FunnelDefinition): Named | undefined {
  const roles = rolesOf(log);
  const marked = withTriesApart(log, roles.undone);
  let best: { named: Named; score: number } | undefined;
  for (let step = 1; step < definition.steps.length; step++) {
    for (const touch of atRisk(log, marked, definition, step).touches) {
      for (const exposure of exposuresOf(roles, touch)) {
        const score = odds(exposure);
        if (score < TELLING && score < (best?.score ?? 1)) {
          best = { named: { event: touch.event, kind: exposure.kind }, score };
        }
      }
    }
  }
  return best && best.named.kind !== "segment" ? best.named : undefined;
}

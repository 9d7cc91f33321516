// What the host tells the observatory of its configurations: what the user changed, and what the workers could not take.
import type { Clock } from "../../base/clock.ts";
import { type Configuration, differences } from "../../control/differences.ts";
import { declaredJourneys } from "../../control/gateway/journeys.ts";
import { objectivesOf } from "../../control/gateway/objectives.ts";
import type { Change, ChangeKind } from "../../model/change.ts";
import type { HostToObservatory, Programmed } from "../../model/messages.ts";

export type ToldChanges = {
  /** a configuration is to be in force; of the first one nothing but what it declares is told */
  configured(now: Configuration): void;
  programmed(answer: Programmed): void;
  /** an observatory is there that may have been told nothing yet */
  observatoryReady(): void;
  /** the project is being stopped */
  ending(): void;
};

export function toldChanges(clock: Clock, tell: (message: HostToObservatory) => void): ToldChanges {
  let before: Configuration | undefined;
  let hasStarted = false;
  const made = (kind: ChangeKind, namespace: string, service: string, text: string): Change => {
    return { atUs: clock.nowUs(), kind, namespace, service, workload: "", version: "", text };
  };
  const say = (...change: Parameters<typeof made>) => tell({ change: made(...change) });
  const tellDeclared = ({ project, objects }: Configuration) =>
    tell({ journeys: declaredJourneys(objects), objectives: objectivesOf(project, objects) });
  return {
    configured(now) {
      for (const { service, text } of before ? differences(before, now) : []) {
        say("configuration", service === "" ? "" : now.project.name, service, text);
      }
      before = now;
      tellDeclared(now);
    },
    observatoryReady() {
      if (before) tellDeclared(before);
    },
    programmed({ version, error }) {
      if (error !== undefined) return say("configuration", "", "", `configuration ${version}: ${error}`);
      if (!hasStarted) say("deployment", "", "", "the project was started");
      hasStarted = true;
    },
    ending: () => tell({ change: made("scaling", "", "", "the project is being stopped"), isEnding: true }),
  };
}

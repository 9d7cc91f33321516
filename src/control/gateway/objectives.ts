// Objectives and Notifications → what the observatory is told, and what is to be said of each target.
import { isAbsolute, join } from "node:path";
import type { Goal, Notification, Objective, Objectives } from "../../model/objective.ts";
import type { Project } from "../../model/project.ts";
import { isService } from "./checks/refs.ts";
import { milliseconds } from "./duration.ts";
import type { MeshObject, ObjectiveObject } from "./object.ts";
import type { RawObjective } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { World } from "./world.ts";

export type ObjectiveTarget = {
  readonly ref: RawObjective["targetRefs"][number];
  readonly against: Reason | undefined;
};

const DEFAULT_WINDOW = "30d";
const UNIT_S: Readonly<Record<string, number>> = { h: 3600, d: 86_400 };

/** @param text as the schema lets through, such as `30d` */
export function seconds(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_S[text.slice(-1)] ?? 0);
}

export function objectiveTargets({ spec }: ObjectiveObject, services: World["services"]): readonly ObjectiveTarget[] {
  return spec.targetRefs.map((ref) => ({ ref, against: refusal(ref, services) }));
}

function refusal(ref: ObjectiveTarget["ref"], services: World["services"]): Reason | undefined {
  if (!isService(ref)) {
    return { reason: "Invalid", message: `an Objective is for a Service, not for ${ref.kind} ${ref.name}` };
  }
  if (services.has(ref.name)) return undefined;
  return { reason: "TargetNotFound", message: `there is no service ${ref.name}` };
}

/** Those of all targets that are there. */
export function objectivesOf(project: Project, objects: readonly MeshObject[]): Objectives {
  const services = new Set(project.services.map(({ name }) => name));
  const objectives = objects.flatMap((object): Objective[] => {
    if (object.kind !== "Objective") return [];
    const goal = goalOf(object.spec);
    const windowS = seconds(object.spec.window ?? DEFAULT_WINDOW);
    return objectiveTargets(object, services).flatMap(({ ref: { name: service, route }, against }) =>
      against ? [] : [{ name: object.name, service, namespace: project.name, ...(route && { route }), goal, windowS }],
    );
  });
  const notifications = objects.flatMap((object): Notification[] => {
    if (object.kind !== "Notification") return [];
    const { webhook, file } = object.spec;
    const path = file !== undefined && (isAbsolute(file) ? file : join(project.directory, file));
    return [{ name: object.name, ...(webhook && { webhook: webhook.url }), ...(path && { file: path }) }];
  });
  return { objectives, notifications };
}

/** @param spec as the checks let through */
function goalOf({ availability, latency }: RawObjective): Goal {
  // 99.9 / 100 is not 0.999
  const share = (percent: number) => Number((percent / 100).toPrecision(12));
  if (!latency) return { kind: "availability", share: share(availability?.percent ?? 0) };
  return { kind: "latency", share: share(latency.percent), withinUs: milliseconds(latency.within) * 1000 };
}

// Objectives and Notifications → what the observatory is told, and what is to be said of each target.
import { isAbsolute, join } from "node:path";
import type { ConversionObjective, Goal, Notification, Objective, Objectives } from "../../model/objective.ts";
import type { Project } from "../../model/project.ts";
import { isService } from "./checks/refs.ts";
import { milliseconds } from "./duration.ts";
import { MESHWISE_GROUP } from "./kinds.ts";
import type { MeshObject, ObjectiveObject } from "./object.ts";
import type { RawObjective } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { World } from "./world.ts";

export type ObjectiveTarget = {
  readonly ref: RawObjective["targetRefs"][number];
  readonly against: Reason | undefined;
};

const DEFAULT_WINDOW = "30d";
const DEFAULT_CONVERSION_WINDOW = "1d";
const UNIT_S: Readonly<Record<string, number>> = { h: 3600, d: 86_400 };

/** @param text as the schema lets through, such as `30d` */
export function seconds(text: string): number {
  return Number(text.slice(0, -1)) * (UNIT_S[text.slice(-1)] ?? 0);
}

/** The names that targets may have. */
export type Targets = { readonly services: World["services"]; readonly journeys: ReadonlySet<string> };

export function objectiveTargets({ spec }: ObjectiveObject, targets: Targets): readonly ObjectiveTarget[] {
  const refusal = spec.conversion ? refusalOfJourney : refusalOfService;
  return spec.targetRefs.map((ref) => ({ ref, against: refusal(ref, targets) }));
}

export function journeysIn(objects: readonly MeshObject[]): Set<string> {
  return new Set(objects.filter(({ kind }) => kind === "Journey").map(({ name }) => name));
}

function refusalOfService(ref: ObjectiveTarget["ref"], { services }: Targets): Reason | undefined {
  if (!isService(ref)) {
    return { reason: "Invalid", message: `an Objective is for a Service, not for ${ref.kind} ${ref.name}` };
  }
  if (services.has(ref.name)) return undefined;
  return { reason: "TargetNotFound", message: `there is no service ${ref.name}` };
}

function refusalOfJourney({ group = "", kind, name }: ObjectiveTarget["ref"], { journeys }: Targets) {
  if (kind !== "Journey" || !["", MESHWISE_GROUP].includes(group)) {
    return { reason: "Invalid", message: `a conversion is of a Journey, not of ${kind} ${name}` } as const;
  }
  if (journeys.has(name)) return undefined;
  return { reason: "TargetNotFound", message: `there is no journey ${name}` } as const;
}

/** Those of all targets that are there. */
export function objectivesOf(project: Project, objects: readonly MeshObject[]): Objectives {
  const targets = { services: new Set(project.services.map(({ name }) => name)), journeys: journeysIn(objects) };
  const written = objects.flatMap((object) =>
    object.kind === "Objective"
      ? objectiveTargets(object, targets)
          .filter(({ against }) => !against)
          .map(({ ref }) => ({ object, ref }))
      : [],
  );
  const objectives = written.flatMap(({ object: { name, spec }, ref: { name: service, route } }): Objective[] => {
    if (spec.conversion) return [];
    const windowS = seconds(spec.window ?? DEFAULT_WINDOW);
    return [{ name, service, namespace: project.name, ...(route && { route }), goal: goalOf(spec), windowS }];
  });
  const conversions = written.flatMap(({ object: { name, spec }, ref: { name: journey } }): ConversionObjective[] => {
    if (!spec.conversion) return [];
    const { percent } = spec.conversion;
    const windowS = seconds(spec.window ?? DEFAULT_CONVERSION_WINDOW);
    return [
      { name, journey, namespace: project.name, ...(percent !== undefined && { least: share(percent) }), windowS },
    ];
  });
  const notifications = objects.flatMap((object): Notification[] => {
    if (object.kind !== "Notification") return [];
    const { webhook, file } = object.spec;
    const path = file !== undefined && (isAbsolute(file) ? file : join(project.directory, file));
    return [{ name: object.name, ...(webhook && { webhook: webhook.url }), ...(path && { file: path }) }];
  });
  return { objectives, conversions, notifications };
}

/** @param spec as the checks let through */
function goalOf({ availability, latency }: RawObjective): Goal {
  if (!latency) return { kind: "availability", share: share(availability?.percent ?? 0) };
  return { kind: "latency", share: share(latency.percent), withinUs: milliseconds(latency.within) * 1000 };
}

/** 99.9 / 100 is not 0.999 */
function share(percent: number): number {
  return Number((percent / 100).toPrecision(12));
}

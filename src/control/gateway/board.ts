// The status of all objects as time goes by: whether the workers have what is written, and since when a condition is so.
import { effectivePolicies } from "./effective.ts";
import { type MeshObject, objectKey } from "./object.ts";
import { type Dated, type Enacted, statusOf } from "./status.ts";
import type { Reason } from "./verdict.ts";
import { type Condition, type ObjectStatus, type ObjectView, SOURCE_ANNOTATION } from "./view.ts";

export type StatusBoard = {
  update(enacted: Enacted, nowUs: number): void;
  /** every worker has the config of that version, or, with `error`, some could not take it */
  programmed(version: number, error: string | undefined, nowUs: number): void;
  /** nobody carries traffic */
  lost(nowUs: number): void;
  list(): readonly ObjectView[];
};

/** `version`: what they have; `error`: why some do not have what came after it */
type Workers = { readonly version: number; readonly error?: string | undefined };
const NONE: Workers = { version: 0 };

export function statusBoard(): StatusBoard {
  let current: Enacted | undefined;
  let workers = NONE;
  /** since which version an object is as it is */
  let since = new Map<string, { readonly digest: string; readonly version: number }>();
  let conditions = new Map<string, Condition>();
  let views: readonly ObjectView[] = [];

  const refresh = (nowUs: number) => {
    if (!current) return;
    const enacted = current;
    const fresh = new Map<string, Condition>();
    const now = new Date(nowUs / 1000).toISOString();
    views = enacted.objects.map((object) => {
      const key = objectKey(object);
      const observedGeneration = enacted.allocation.objects[key]?.generation ?? 1;
      const dated: Dated = (place, verdicts) =>
        verdicts.map(({ type, status, reason, message }): Condition => {
          const id = `${key} ${place} ${type}`;
          const before = conditions.get(id);
          const lastTransitionTime = before?.status === status ? before.lastTransitionTime : now;
          const condition = { type, status, observedGeneration, lastTransitionTime, reason, message };
          fresh.set(id, condition);
          return condition;
        });
      const pending = pendingOf(since.get(key)?.version ?? 0, workers);
      return viewOf(object, statusOf(object, enacted, pending, dated), enacted);
    });
    conditions = fresh;
  };

  return {
    update(enacted, nowUs) {
      current = enacted;
      since = new Map(
        enacted.objects.map((object) => {
          const key = objectKey(object);
          const { generation } = enacted.allocation.objects[key] ?? {};
          const digest = JSON.stringify([generation, statusOf(object, enacted, undefined, UNDATED)]);
          const before = since.get(key);
          return [key, before?.digest === digest ? before : { digest, version: enacted.version }];
        }),
      );
      refresh(nowUs);
    },
    programmed(version, error, nowUs) {
      workers = error === undefined ? { version } : { version: workers.version, error };
      refresh(nowUs);
    },
    lost(nowUs) {
      workers = NONE;
      refresh(nowUs);
    },
    list() {
      if (!current) return [];
      const { findings, objects, namespace } = current;
      const effective = effectivePolicies(findings.policies, objects, namespace);
      return views.map((view) => {
        if (view.kind !== "TrafficPolicy") return view;
        return { ...view, status: { ...view.status, effective: effective.get(view.metadata.name) ?? [] } };
      });
    },
  };
}

const UNDATED: Dated = (_, verdicts) =>
  verdicts.map((one) => ({ ...one, observedGeneration: 0, lastTransitionTime: "" }));

/** Undefined: the workers have what is so since that version. */
function pendingOf(version: number, workers: Workers): Reason | undefined {
  if (workers.version >= version) return undefined;
  return workers.error === undefined
    ? { reason: "Pending", message: "not every worker has it yet" }
    : { reason: "Invalid", message: `the workers go on with what they had: ${workers.error}` };
}

function viewOf(object: MeshObject, status: ObjectStatus, { namespace, allocation }: Enacted): ObjectView {
  const { apiVersion, kind, name, labels, annotations, source, spec } = object;
  const seen = allocation.objects[objectKey(object)];
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      namespace,
      creationTimestamp: new Date((seen?.createdUs ?? 0) / 1000).toISOString(),
      generation: seen?.generation ?? 1,
      ...(Object.keys(labels).length > 0 && { labels }),
      annotations: { ...annotations, [SOURCE_ANNOTATION]: source },
    },
    spec,
    status,
  };
}

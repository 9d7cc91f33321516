// Objects with their status, as the Gateway API describes it and `meshwise get` shows it. What compiling found is joined
// with what only time tells: whether the workers have it, and since when a condition is as it is.
import type { CompiledRouting, RoutingAllocation } from "./compile.ts";
import { socketKey } from "./compile.ts";
import { effectivePolicies } from "./effective.ts";
import { GATEWAY_GROUP } from "./kinds.ts";
import type { Gateway, Listener } from "./listeners.ts";
import { type MeshObject, objectKey, type PolicyObject, type RouteObject } from "./object.ts";
import { fails, holds, type Reason, type Verdict, verdict } from "./verdict.ts";

export const CONTROLLER = "meshwise.dev/control";

export type Condition = {
  readonly type: string;
  readonly status: "True" | "False";
  readonly observedGeneration: number;
  /** RFC 3339 */
  readonly lastTransitionTime: string;
  readonly reason: string;
  readonly message: string;
};

export type ParentStatus = {
  readonly parentRef: object;
  readonly controllerName: string;
  readonly conditions: readonly Condition[];
};

export type ListenerStatus = {
  readonly name: string;
  readonly supportedKinds: readonly { readonly group: string; readonly kind: string }[];
  readonly attachedRoutes: number;
  readonly conditions: readonly Condition[];
};

/** The fields that a kind has not are absent. */
export type ObjectStatus = {
  /** Gateway */
  readonly addresses?: readonly { readonly type: "IPAddress"; readonly value: string }[];
  readonly listeners?: readonly ListenerStatus[];
  readonly conditions?: readonly Condition[];
  /** HTTPRoute, TCPRoute */
  readonly parents?: readonly ParentStatus[];
  /** TrafficPolicy */
  readonly ancestors?: readonly {
    readonly ancestorRef: object;
    readonly controllerName: string;
    readonly conditions: readonly Condition[];
  }[];
  readonly effective?: readonly EffectivePolicy[];
};

/** What holds for requests to a service, by a rule or without one. */
export type EffectivePolicy = {
  /** `Service/cart`, `HTTPRoute/cart/canary → Service/cart-v2` */
  readonly target: string;
  /** `from`: the policy that says so, or `default` */
  readonly fields: readonly { readonly field: string; readonly value: unknown; readonly from: string }[];
};

export type ObjectView = {
  readonly apiVersion: string;
  readonly kind: MeshObject["kind"];
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly creationTimestamp: string;
    readonly generation: number;
    readonly labels?: Readonly<Record<string, string>>;
    /** with `meshwise.dev/source`: the file and line, or where it was applied from */
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
  readonly status: ObjectStatus;
};

export type BoardUpdate = Pick<CompiledRouting, "findings"> & {
  readonly namespace: string;
  readonly objects: readonly MeshObject[];
  readonly allocation: RoutingAllocation;
  /** of the config that was made of it */
  readonly version: number;
  /** by socketKey: those that the host could not open */
  readonly refused: ReadonlyMap<string, Reason>;
};

export type StatusBoard = {
  update(update: BoardUpdate, nowUs: number): void;
  /** every worker has the config of that version, or, with `error`, some could not take it */
  programmed(version: number, error: string | undefined, nowUs: number): void;
  /** nobody carries traffic */
  lost(nowUs: number): void;
  list(): readonly ObjectView[];
};

type Workers = { readonly version: number; readonly error: string | undefined };
const NONE: Workers = { version: 0, error: undefined };

export function statusBoard(): StatusBoard {
  let current: BoardUpdate | undefined;
  let workers = NONE;
  /** since which version an object is as it is */
  let since = new Map<string, { readonly digest: string; readonly version: number }>();
  let conditions = new Map<string, Condition>();
  let views: readonly ObjectView[] = [];

  const refresh = (nowUs: number) => {
    if (!current) return;
    const update = current;
    const fresh = new Map<string, Condition>();
    const at = new Date(nowUs / 1000).toISOString();
    views = update.objects.map((object) => {
      const key = objectKey(object);
      const generation = update.allocation.objects[key]?.generation ?? 1;
      const dated = (place: string, verdicts: readonly Verdict[]) =>
        verdicts.map((one): Condition => {
          const id = `${key} ${place} ${one.type}`;
          const before = conditions.get(id);
          const since = before?.status === one.status ? before.lastTransitionTime : at;
          const { type, status, reason, message } = one;
          const condition = {
            type,
            status,
            observedGeneration: generation,
            lastTransitionTime: since,
            reason,
            message,
          };
          fresh.set(id, condition);
          return condition;
        });
      return viewOf(
        object,
        statusOf(object, update, programmedOf(since.get(key)?.version ?? 0, workers), dated),
        update,
      );
    });
    conditions = fresh;
  };

  return {
    update(update, nowUs) {
      current = update;
      since = new Map(
        update.objects.map((object) => {
          const key = objectKey(object);
          const digest = JSON.stringify([
            update.allocation.objects[key]?.generation,
            statusOf(object, update, undefined, (_, all) => all),
          ]);
          const before = since.get(key);
          return [key, before?.digest === digest ? before : { digest, version: update.version }];
        }),
      );
      refresh(nowUs);
    },
    programmed(version, error, nowUs) {
      workers = { version, error };
      refresh(nowUs);
    },
    lost(nowUs) {
      workers = NONE;
      refresh(nowUs);
    },
    list() {
      const update = current;
      if (!update) return [];
      const effective = effectivePolicies(update.findings.policies, update.objects, update.namespace);
      return views.map((view) =>
        view.kind === "TrafficPolicy"
          ? { ...view, status: { ...view.status, effective: effective.get(view.metadata.name) ?? [] } }
          : view,
      );
    },
  };
}

/** Undefined: they have it. */
function programmedOf(version: number, workers: Workers): Reason | undefined {
  if (workers.error !== undefined) {
    return { reason: "Invalid", message: `the workers go on with what they had: ${workers.error}` };
  }
  if (workers.version >= version) return undefined;
  return { reason: "Pending", message: "not every worker has it yet" };
}

type Dated<Out> = (place: string, verdicts: readonly Verdict[]) => readonly Out[];

function statusOf(
  object: MeshObject,
  update: BoardUpdate,
  pending: Reason | undefined,
  dated: Dated<Verdict> | Dated<Condition>,
): ObjectStatus {
  // a caller that dates nothing compares the result only
  const all = dated as Dated<Condition>;
  const { findings } = update;
  switch (object.kind) {
    case "Gateway": {
      const gateway = findings.gateways.find((one) => one.object === object);
      return gateway ? gatewayStatus(gateway, update, pending, all) : {};
    }
    case "HTTPRoute":
    case "TCPRoute":
      return { parents: parentStatuses(object, update, pending, all) };
    case "TrafficPolicy":
      return { ancestors: ancestorStatuses(object, update, pending, all) };
  }
}

function parentStatuses(
  route: RouteObject,
  { findings }: BoardUpdate,
  pending: Reason | undefined,
  dated: Dated<Condition>,
) {
  return (findings.routes.get(route) ?? []).map(({ ref, verdicts, isAttached }, index): ParentStatus => {
    const against = isAttached ? pending : { reason: "Invalid", message: "it is not attached to this parent" };
    const conditions = dated(String(index), [...verdicts, verdict("Programmed", against)]);
    return { parentRef: ref, controllerName: CONTROLLER, conditions };
  });
}

function ancestorStatuses(
  policy: PolicyObject,
  { findings }: BoardUpdate,
  pending: Reason | undefined,
  dated: Dated<Condition>,
) {
  return (findings.policies.targets.get(policy) ?? []).map(({ ref, against }, index) => {
    const programmed = verdict(
      "Programmed",
      against ? { reason: "Invalid", message: "it is not attached to this target" } : pending,
    );
    const conditions = dated(String(index), [verdict("Accepted", against), programmed]);
    return { ancestorRef: ref, controllerName: CONTROLLER, conditions };
  });
}

function gatewayStatus(
  gateway: Gateway,
  update: BoardUpdate,
  pending: Reason | undefined,
  dated: Dated<Condition>,
): ObjectStatus {
  const { unaccepted, listeners, addresses } = gateway;
  const sick = listeners.filter((one) => against(one, update) !== undefined);
  const invalid: Verdict = {
    type: "Accepted",
    status: sick.length < listeners.length ? "True" : "False",
    reason: "ListenersNotValid",
    message: sick.map((one) => `${one.raw.name}: ${against(one, update)?.message}`).join("; "),
  };
  const accepted = unaccepted || sick.length === 0 ? verdict("Accepted", unaccepted) : invalid;
  const blocked = accepted.status === "False" ? { reason: "Invalid", message: accepted.message } : pending;
  return {
    addresses: accepted.status === "True" ? addresses.map((value) => ({ type: "IPAddress", value })) : [],
    conditions: dated("", [accepted, verdict("Programmed", blocked)]),
    listeners: listeners.map((one) => listenerStatus(one, gateway, update, pending, dated)),
  };
}

function listenerStatus(
  listener: Listener,
  { unaccepted }: Gateway,
  update: BoardUpdate,
  pending: Reason | undefined,
  dated: Dated<Condition>,
): ListenerStatus {
  const { raw, routeKinds, unresolved, conflict } = listener;
  const refusal = unaccepted ?? against(listener, update);
  const conflicted: Verdict = conflict
    ? { type: "Conflicted", status: "True", ...conflict }
    : fails("Conflicted", "NoConflicts", "");
  return {
    name: raw.name,
    supportedKinds: routeKinds.map((kind) => ({ group: GATEWAY_GROUP, kind })),
    attachedRoutes: update.findings.attachedRoutes.get(listener.name) ?? 0,
    conditions: dated(raw.name, [
      refusal ? fails("Accepted", refusal.reason, refusal.message) : holds("Accepted"),
      verdict("ResolvedRefs", unresolved),
      conflicted,
      verdict("Programmed", refusal ? { reason: "Invalid", message: refusal.message } : pending),
    ]),
  };
}

/** What keeps a listener from taking connections: itself, or its port. */
function against(listener: Listener, { refused }: BoardUpdate): Reason | undefined {
  return listener.unaccepted ?? listener.sockets.map((socket) => refused.get(socketKey(socket))).find(Boolean);
}

function viewOf(object: MeshObject, status: ObjectStatus, { namespace, allocation }: BoardUpdate): ObjectView {
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

export const SOURCE_ANNOTATION = "meshwise.dev/source";

/** What a user should know at once of an object that has just been applied: one sentence for each thing that is not so. */
export function shortcomings({ kind, metadata, status }: ObjectView): string[] {
  const name = `${kind.toLowerCase()}/${metadata.name}`;
  const lines = (conditions: readonly Condition[], of: string) =>
    conditions
      .filter(({ type, status }) =>
        type === "Conflicted" || type === "PartiallyInvalid" ? status === "True" : status === "False",
      )
      // follows from the others
      .filter(({ type, reason }) => !(type === "Programmed" && reason === "Invalid") && type !== "Programmed")
      .map(
        ({ type, reason, message }) =>
          `${name}: ${of}${type === "Accepted" ? "not accepted" : type} (${reason}): ${message}`,
      );
  const refText = (ref: object) => ("name" in ref ? `${String(ref.name)}: ` : "");
  const routeless = kind.endsWith("Route") && status.parents?.length === 0;
  return [
    ...(routeless ? [`${name}: it has no parentRefs, so nothing is routed by it`] : []),
    ...lines(status.conditions ?? [], ""),
    ...(status.listeners ?? []).flatMap((one) => lines(one.conditions, `listener ${one.name}: `)),
    ...(status.parents ?? []).flatMap((one) => lines(one.conditions, refText(one.parentRef))),
    ...(status.ancestors ?? []).flatMap((one) => lines(one.conditions, refText(one.ancestorRef))),
  ];
}

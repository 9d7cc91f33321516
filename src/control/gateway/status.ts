// The status of each object: what compiling found, joined with what the host found, as conditions of the Gateway API.
import type { CompiledRouting, RoutingAllocation } from "./compile.ts";
import { socketKey } from "./compile.ts";
import { GATEWAY_GROUP } from "./kinds.ts";
import type { Gateway, Listener } from "./listeners.ts";
import type { MeshObject, ObjectiveObject, PolicyObject, RouteObject } from "./object.ts";
import { fails, holds, type Reason, type Verdict, verdict } from "./verdict.ts";
import type { Condition, ListenerStatus, ObjectStatus, ParentStatus } from "./view.ts";

const CONTROLLER = "meshwise.dev/control";

/** A config with the objects that it was made of. */
export type Enacted = Pick<CompiledRouting, "findings"> & {
  readonly namespace: string;
  readonly objects: readonly MeshObject[];
  readonly allocation: RoutingAllocation;
  /** of the config */
  readonly version: number;
  /** by socketKey: those that the host could not open */
  readonly refused: ReadonlyMap<string, Reason>;
};

/** Gives conditions their times. @param place within the object */
export type Dated = (place: string, verdicts: readonly Verdict[]) => readonly Condition[];

/** @param pending why what is accepted is not in force; undefined: it is */
export function statusOf(
  object: MeshObject,
  enacted: Enacted,
  pending: Reason | undefined,
  dated: Dated,
): ObjectStatus {
  const { findings } = enacted;
  switch (object.kind) {
    case "Gateway": {
      const gateway = findings.gateways.find((one) => one.object === object);
      return gateway ? gatewayStatus(gateway, enacted, pending, dated) : {};
    }
    case "HTTPRoute":
    case "TCPRoute":
      return { parents: parentStatuses(object, enacted, pending, dated) };
    case "TrafficPolicy":
      return { ancestors: ancestorStatuses(object, enacted, pending, dated) };
    case "Objective":
      return { ancestors: objectiveStatuses(object, enacted, dated) };
    case "Journey":
    case "Notification": // they are for the observatory, which takes them as they are
      return { conditions: dated("", [holds("Accepted")]) };
  }
}

function parentStatuses(route: RouteObject, { findings }: Enacted, pending: Reason | undefined, dated: Dated) {
  return (findings.routes.get(route) ?? []).map(({ ref, verdicts, isAttached }, index): ParentStatus => {
    const against = isAttached ? pending : { reason: "Invalid", message: "it is not attached to this parent" };
    const conditions = dated(String(index), [...verdicts, verdict("Programmed", against)]);
    return { parentRef: ref, controllerName: CONTROLLER, conditions };
  });
}

function ancestorStatuses(policy: PolicyObject, { findings }: Enacted, pending: Reason | undefined, dated: Dated) {
  return (findings.policies.targets.get(policy) ?? []).map(({ ref, against }, index) => {
    const programmed = verdict(
      "Programmed",
      against ? { reason: "Invalid", message: "it is not attached to this target" } : pending,
    );
    const conditions = dated(String(index), [verdict("Accepted", against), programmed]);
    return { ancestorRef: ref, controllerName: CONTROLLER, conditions };
  });
}

/** The observatory has them as soon as they are accepted: no worker takes part. */
function objectiveStatuses(objective: ObjectiveObject, { findings }: Enacted, dated: Dated) {
  return (findings.objectives.get(objective) ?? []).map(({ ref, against }, index) => {
    return {
      ancestorRef: ref,
      controllerName: CONTROLLER,
      conditions: dated(String(index), [verdict("Accepted", against)]),
    };
  });
}

function gatewayStatus(gateway: Gateway, enacted: Enacted, pending: Reason | undefined, dated: Dated): ObjectStatus {
  const { unaccepted, listeners, addresses } = gateway;
  const sick = listeners.filter((one) => against(one, enacted) !== undefined);
  const invalid: Verdict = {
    type: "Accepted",
    status: sick.length < listeners.length ? "True" : "False",
    reason: "ListenersNotValid",
    message: sick.map((one) => `${one.raw.name}: ${against(one, enacted)?.message}`).join("; "),
  };
  const accepted = unaccepted || sick.length === 0 ? verdict("Accepted", unaccepted) : invalid;
  const blocked = accepted.status === "False" ? { reason: "Invalid", message: accepted.message } : pending;
  return {
    addresses: accepted.status === "True" ? addresses.map((value) => ({ type: "IPAddress", value })) : [],
    conditions: dated("", [accepted, verdict("Programmed", blocked)]),
    listeners: listeners.map((one) => listenerStatus(one, gateway, enacted, pending, dated)),
  };
}

function listenerStatus(
  listener: Listener,
  { unaccepted }: Gateway,
  enacted: Enacted,
  pending: Reason | undefined,
  dated: Dated,
): ListenerStatus {
  const { raw, routeKinds, unresolved, conflict } = listener;
  const refusal = unaccepted ?? against(listener, enacted);
  const conflicted: Verdict = conflict
    ? { type: "Conflicted", status: "True", ...conflict }
    : fails("Conflicted", "NoConflicts", "");
  return {
    name: raw.name,
    supportedKinds: routeKinds.map((kind) => ({ group: GATEWAY_GROUP, kind })),
    attachedRoutes: enacted.findings.attachedRoutes.get(listener.name) ?? 0,
    conditions: dated(raw.name, [
      refusal ? fails("Accepted", refusal.reason, refusal.message) : holds("Accepted"),
      verdict("ResolvedRefs", unresolved),
      conflicted,
      verdict("Programmed", refusal ? { reason: "Invalid", message: refusal.message } : pending),
    ]),
  };
}

/** What keeps a listener from taking connections: itself, or its port. */
function against(listener: Listener, { refused }: Enacted): Reason | undefined {
  return listener.unaccepted ?? listener.sockets.map((socket) => refused.get(socketKey(socket))).find(Boolean);
}

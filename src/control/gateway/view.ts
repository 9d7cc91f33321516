// An object with its status, as the Gateway API describes it and `meshwise get` shows it.
import type { EffectivePolicy } from "./effective.ts";
import type { MeshObject } from "./object.ts";

/** an annotation: the file and line, or where it was applied from */
export const SOURCE_ANNOTATION = "meshwise.dev/source";

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
  /** Gateway, Notification */
  readonly addresses?: readonly { readonly type: "IPAddress"; readonly value: string }[];
  readonly listeners?: readonly ListenerStatus[];
  readonly conditions?: readonly Condition[];
  /** HTTPRoute, TCPRoute */
  readonly parents?: readonly ParentStatus[];
  /** TrafficPolicy, Objective */
  readonly ancestors?: readonly {
    readonly ancestorRef: object;
    readonly controllerName: string;
    readonly conditions: readonly Condition[];
  }[];
  readonly effective?: readonly EffectivePolicy[];
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
    /** with SOURCE_ANNOTATION */
    readonly annotations: Readonly<Record<string, string>>;
  };
  readonly spec: unknown;
  readonly status: ObjectStatus;
};

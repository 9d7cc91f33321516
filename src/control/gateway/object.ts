// One object that a user wrote: of a kind we know, its shape checked, with the place it was read from.
import type { Path } from "../yaml/problems.ts";
import type {
  RawGateway,
  RawHttpRoute,
  RawJourney,
  RawNotification,
  RawObjective,
  RawTcpRoute,
  RawTrafficPolicy,
} from "./raw.ts";

export const KINDS = [
  "Gateway",
  "HTTPRoute",
  "TCPRoute",
  "TrafficPolicy",
  "Journey",
  "Objective",
  "Notification",
] as const;
export type Kind = (typeof KINDS)[number];

/** A field that is right, but whose effect we do not have: the object's status says so. */
export type Unsupported = { readonly path: Path; readonly text: string };

type Written<K extends Kind, Spec> = {
  readonly kind: K;
  readonly apiVersion: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly spec: Spec;
  /** of the spec; another one means that it changed */
  readonly digest: string;
  readonly unsupported: readonly Unsupported[];
  /** `meshwise/routes.yaml:12`, for people */
  readonly source: string;
  /** from a file beside the Compose file, or stored by `meshwise apply` */
  readonly origin: "file" | "applied";
};

export type GatewayObject = Written<"Gateway", RawGateway>;
export type HttpRouteObject = Written<"HTTPRoute", RawHttpRoute>;
export type TcpRouteObject = Written<"TCPRoute", RawTcpRoute>;
export type PolicyObject = Written<"TrafficPolicy", RawTrafficPolicy>;
export type JourneyObject = Written<"Journey", RawJourney>;
export type ObjectiveObject = Written<"Objective", RawObjective>;
export type NotificationObject = Written<"Notification", RawNotification>;
export type RouteObject = HttpRouteObject | TcpRouteObject;
export type MeshObject =
  | GatewayObject
  | RouteObject
  | PolicyObject
  | JourneyObject
  | ObjectiveObject
  | NotificationObject;

/** `httproute/cart`, as the command line names it */
export function objectKey({ kind, name }: Pick<MeshObject, "kind" | "name">): string {
  return `${kind.toLowerCase()}/${name}`;
}

// Which kinds there are: those we read, and those we know and refuse with the reason.
import { type SchemaCheck, schemaCheck } from "../yaml/schema.ts";
import type { Kind } from "./object.ts";
import common from "./schema/common.json" with { type: "json" };
import gateway from "./schema/gateway.json" with { type: "json" };
import httproute from "./schema/httproute.json" with { type: "json" };
import journey from "./schema/journey.json" with { type: "json" };
import notification from "./schema/notification.json" with { type: "json" };
import objective from "./schema/objective.json" with { type: "json" };
import tcproute from "./schema/tcproute.json" with { type: "json" };
import trafficpolicy from "./schema/trafficpolicy.json" with { type: "json" };

export const GATEWAY_GROUP = "gateway.networking.k8s.io";
export const MESHWISE_GROUP = "meshwise.dev";

export type KindRow = { readonly apiVersions: readonly string[]; readonly check: SchemaCheck };

const shared = [common];

export const KIND_ROWS: Readonly<Record<Kind, KindRow>> = {
  Gateway: {
    apiVersions: [`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`],
    check: schemaCheck(gateway, { shared }),
  },
  HTTPRoute: {
    apiVersions: [`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1beta1`],
    check: schemaCheck(httproute, { shared }),
  },
  TCPRoute: {
    apiVersions: [`${GATEWAY_GROUP}/v1`, `${GATEWAY_GROUP}/v1alpha2`],
    check: schemaCheck(tcproute, { shared }),
  },
  TrafficPolicy: { apiVersions: [`${MESHWISE_GROUP}/v1alpha1`], check: schemaCheck(trafficpolicy, { shared }) },
  Journey: { apiVersions: [`${MESHWISE_GROUP}/v1alpha1`], check: schemaCheck(journey, { shared }) },
  Objective: { apiVersions: [`${MESHWISE_GROUP}/v1alpha1`], check: schemaCheck(objective, { shared }) },
  Notification: { apiVersions: [`${MESHWISE_GROUP}/v1alpha1`], check: schemaCheck(notification, { shared }) },
};

const HTTP2 = "It comes with HTTP/2; until then gRPC is carried as bytes.";
const TLS = "It comes with TLS.";
const ONE_NAMESPACE = "All objects of a project are in one namespace; remove it.";

/** the fix of each */
export const REFUSED_KINDS: Readonly<Record<string, string>> = {
  GRPCRoute: HTTP2,
  TLSRoute: TLS,
  BackendTLSPolicy: TLS,
  UDPRoute: "UDP is not carried yet; remove it.",
  ReferenceGrant: ONE_NAMESPACE,
  GatewayClass: "There is one class, meshwise, and nothing to configure about it; remove it.",
  ListenerSet: "Write the listeners into the Gateway.",
  XListenerSet: "Write the listeners into the Gateway.",
  XBackendTrafficPolicy: "Write a TrafficPolicy of meshwise.dev/v1alpha1.",
  XMesh: "There is one mesh and nothing to configure about it; remove it.",
  List: "Write the items as documents of their own, with --- between.",
  Service: "Services come from the Compose file; remove it.",
  Deployment: "Workloads come from the Compose file; remove it.",
  ConfigMap: "Environments come from the Compose file; remove it.",
  Namespace: ONE_NAMESPACE,
};

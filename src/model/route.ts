// What control compiles from Gateways, HTTPRoutes and TCPRoutes, and workers route by: plain values, resolved and checked.
// Names and meaning are those of the Gateway API v1 (gateway.networking.k8s.io).
import type { PolicyPatch, TrafficPolicy } from "./traffic-policy.ts";

/** What a route is attached to: whatever is sent to a service (mesh), or comes in through a listener of a gateway. */
export type RouteParent =
  | { readonly kind: "service"; readonly service: string /** absent: every port */; readonly port?: number }
  | { readonly kind: "gateway" /** GatewayListener.id */; readonly listener: number };

/** In a config, routes stand in the order that decides between equal matches: the oldest first, then by name. */
export type HttpRoute = {
  /** `<namespace>/<name>` */
  readonly name: string;
  readonly parents: readonly HttpParent[];
  readonly rules: readonly HttpRule[];
};

export type HttpRule = {
  /** stable for the project's life, for spans; 0 is no rule */
  readonly key: number;
  /** `<namespace>/<route>/<rule's name, or its place>` */
  readonly name: string;
  /** what its requests are counted under, where the user said so; absent: what their paths teach */
  readonly countedAs?: string;
  /** any of them; at least one */
  readonly matches: readonly HttpMatch[];
  readonly filters: readonly HttpFilter[];
  readonly backends: readonly RouteBackend[];
  readonly timeouts: RouteTimeouts;
  readonly retry?: RouteRetry;
  readonly persistence?: SessionPersistence;
  /** of the TrafficPolicies attached to the route and the rule, the rule's first; what they leave open is the service's */
  readonly policy?: PolicyPatch;
};

/** `hostnames`: those of the route that the listener lets through, in lower case, `*.` for any labels in front; empty:
 *  every host */
export type HttpParent = RouteParent & { readonly hostnames: readonly string[] };

/** All of it must hold. */
export type HttpMatch = {
  readonly path: { readonly type: "exact" | "prefix" | "regex"; readonly value: string };
  readonly method?: string;
  readonly headers: readonly ValueMatch[];
  readonly query: readonly ValueMatch[];
};

/** `name`: of a header in lower case, of a query parameter as it is */
export type ValueMatch = { readonly name: string; readonly type: "exact" | "regex"; readonly value: string };

export type HttpFilter =
  | ({ readonly type: "requestHeaders" | "responseHeaders" } & HeaderChange)
  | {
      readonly type: "redirect";
      readonly scheme?: "http" | "https";
      readonly hostname?: string;
      readonly port?: number;
      readonly path?: PathChange;
      readonly statusCode: 301 | 302 | 303 | 307 | 308;
    }
  | { readonly type: "rewrite"; readonly hostname?: string; readonly path?: PathChange }
  | { readonly type: "mirror"; readonly backend: BackendRef /** of requests, 0…1 */; readonly share: number }
  | ({ readonly type: "cors" } & Cors);

/** In this order: set, add, remove. */
export type HeaderChange = {
  readonly set: readonly HeaderLine[];
  readonly add: readonly HeaderLine[];
  readonly remove: readonly string[];
};
export type HeaderLine = { readonly name: string; readonly value: string };

/** `prefix` replaces what the rule's prefix match matched */
export type PathChange = { readonly type: "full" | "prefix"; readonly value: string };

export type Cors = {
  /** `*`, `https://example.com`, `https://*.example.com` */
  readonly allowOrigins: readonly string[];
  readonly allowCredentials: boolean;
  readonly allowMethods: readonly string[];
  readonly allowHeaders: readonly string[];
  readonly exposeHeaders: readonly string[];
  readonly maxAgeS: number;
};

export type BackendRef = { readonly service: string; readonly port: number };

export type RouteBackend = {
  /** absent: the reference is invalid, and its share of the requests is answered 500, as the specification wants */
  readonly ref?: BackendRef;
  /** 0 gets nothing */
  readonly weight: number;
  readonly filters: readonly HttpFilter[];
};

/** ms; absent or 0: none of its own */
export type RouteTimeouts = { readonly requestMs?: number; readonly backendRequestMs?: number };

/** GEP-1731. Attempts beside the first one. */
export type RouteRetry = {
  readonly codes: readonly number[];
  readonly attempts?: number;
  readonly backoffMs?: number;
};

/** GEP-1619 */
export type SessionPersistence = {
  readonly type: "cookie" | "header";
  readonly name: string;
  readonly absoluteTimeoutS?: number;
  readonly idleTimeoutS?: number;
  /** the cookie ends with the browser's session, or with absoluteTimeoutS */
  readonly lifetime: "session" | "permanent";
};

export type TcpRoute = {
  readonly name: string;
  readonly parents: readonly RouteParent[];
  readonly backends: readonly RouteBackend[];
};

/** A request belongs to the listener of its socket whose hostname fits its host most closely, and to no other. */
export type GatewayListener = {
  /** stable for the project's life */
  readonly id: number;
  /** PublishedListener.id, one for each address; listeners of one port that differ in their hostnames share them */
  readonly sockets: readonly number[];
  /** `<namespace>/<gateway>/<section>` */
  readonly name: string;
  readonly protocol: "HTTP" | "TCP";
  /** as in HttpParent; absent: every host */
  readonly hostname?: string;
};

export type Routing = {
  readonly gateways: readonly GatewayListener[];
  readonly http: readonly HttpRoute[];
  readonly tcp: readonly TcpRoute[];
  /** by service; one that is not here has the defaults */
  readonly policies: Readonly<Record<string, TrafficPolicy>>;
};

export const NO_ROUTING: Routing = { gateways: [], http: [], tcp: [], policies: {} };

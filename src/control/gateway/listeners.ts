// Gateways → listeners and the sockets they need, with what stands against each.
import type { GatewayListener } from "../../model/route.ts";
import type { PublishedListener } from "../../model/snapshot.ts";
import { ANY_ADDRESS } from "../compose/ports.ts";
import { keyOf } from "../yaml/problems.ts";
import { GATEWAY_GROUP } from "./kinds.ts";
import type { GatewayObject } from "./object.ts";
import type { RawListener } from "./raw.ts";
import type { Reason } from "./verdict.ts";
import type { Aged, World } from "./world.ts";

/** the class whose Gateways are ours, and the controller that status names */
export const GATEWAY_CLASS = "meshwise";
/** only this machine, unless the Gateway says otherwise */
const DEFAULT_ADDRESSES = ["127.0.0.1"];
const ROUTE_KIND: Readonly<Record<string, string>> = { HTTP: "HTTPRoute", TCP: "TCPRoute" };

/** A socket that a listener needs. */
export type WantedSocket = Pick<PublishedListener, "hostAddress" | "hostPort"> & {
  readonly gateway: string;
  readonly protocol: "http" | "tcp";
};

export type Listener = {
  readonly raw: RawListener;
  /** `<namespace>/<gateway>/<section>` */
  readonly name: string;
  readonly sockets: readonly WantedSocket[];
  readonly routeKinds: readonly string[];
  readonly unaccepted: Reason | undefined;
  readonly unresolved: Reason | undefined;
  /** with another listener of its Gateway */
  readonly conflict: Reason | undefined;
};

export type Gateway = {
  readonly object: GatewayObject;
  readonly addresses: readonly string[];
  readonly unaccepted: Reason | undefined;
  readonly listeners: readonly Listener[];
};

/** @param gateways oldest first: who comes first keeps a port */
export function readGateways(gateways: readonly Aged<GatewayObject>[], world: World): Gateway[] {
  const claimed: { readonly address: string; readonly port: number; readonly by: string }[] = world.taken
    .filter(({ hostPort }) => hostPort !== 0)
    .map(({ hostAddress, hostPort, service }) => ({ address: hostAddress, port: hostPort, by: `service ${service}` }));
  return gateways.map(({ object }) => {
    const { addresses, unaccepted } = readGateway(object);
    const name = `${world.namespace}/${object.name}`;
    const mine: typeof claimed = [];
    const listeners = object.spec.listeners.map((raw): Listener => {
      const protocol = raw.protocol === "TCP" ? "tcp" : "http";
      const sockets = addresses.map(
        (hostAddress) => ({ hostAddress, hostPort: raw.port, gateway: name, protocol }) as const,
      );
      const conflict = conflictOf(raw, object.spec.listeners);
      const rival = sockets.flatMap((socket) => claimed.filter((other) => overlap(other, socket)))[0];
      const refusal = unaccepted ? undefined : (conflict ?? refusalOf(raw, rival?.by));
      if (!refusal)
        mine.push(
          ...sockets.map((socket) => ({ address: socket.hostAddress, port: raw.port, by: `gateway ${object.name}` })),
        );
      const { routeKinds, unresolved } = kindsOf(raw);
      return { raw, name: `${name}/${raw.name}`, sockets, routeKinds, unaccepted: refusal, unresolved, conflict };
    });
    if (!unaccepted) claimed.push(...mine);
    return { object, addresses, unaccepted, listeners };
  });
}

function readGateway({ spec, unsupported }: GatewayObject): Pick<Gateway, "addresses" | "unaccepted"> {
  const addresses: string[] = [];
  let unaccepted: Reason | undefined;
  const refuse = (reason: string, message: string) => {
    unaccepted ??= { reason, message };
  };
  if (spec.gatewayClassName !== GATEWAY_CLASS) {
    refuse(
      "Invalid",
      `gatewayClassName: ${spec.gatewayClassName} is not the class of this mesh, which is ${GATEWAY_CLASS}`,
    );
  }
  for (const { path, text } of unsupported) refuse("UnsupportedValue", `${keyOf(path)}: ${text}`);
  for (const [index, { type = "IPAddress", value }] of (spec.addresses ?? []).entries()) {
    const key = `spec.addresses[${index}]`;
    if (type !== "IPAddress") refuse("UnsupportedAddress", `${key}: ${type} is not supported; write an IPAddress`);
    else if (value === undefined)
      refuse("UnsupportedAddress", `${key}: no address is given out; write the one you want`);
    // both IP versions, as for a port that a service publishes
    else addresses.push(value === "::" ? ANY_ADDRESS : value);
  }
  return { addresses: addresses.length > 0 ? addresses : DEFAULT_ADDRESSES, unaccepted };
}

function refusalOf({ protocol, port }: RawListener, rival: string | undefined): Reason | undefined {
  if (!(protocol in ROUTE_KIND)) {
    const hint =
      protocol === "HTTPS" || protocol === "TLS" ? "TLS is not terminated yet" : "only HTTP and TCP are carried";
    return { reason: "UnsupportedProtocol", message: `protocol: ${protocol} is not supported: ${hint}` };
  }
  return rival === undefined ? undefined : { reason: "PortUnavailable", message: `port ${port} is held by ${rival}` };
}

function conflictOf(raw: RawListener, all: readonly RawListener[]): Reason | undefined {
  const other = all.find(
    ({ port, protocol }) => port === raw.port && protocol !== raw.protocol && protocol in ROUTE_KIND,
  );
  if (!other || !(raw.protocol in ROUTE_KIND)) return undefined;
  const message = `port ${raw.port} is to be ${raw.protocol} here and ${other.protocol} in listener ${other.name}`;
  return { reason: "ProtocolConflict", message };
}

function kindsOf({ protocol, allowedRoutes }: RawListener): Pick<Listener, "routeKinds" | "unresolved"> {
  const own = ROUTE_KIND[protocol];
  const asked = allowedRoutes?.kinds ?? [];
  if (own === undefined) return { routeKinds: [], unresolved: undefined };
  if (asked.length === 0) return { routeKinds: [own], unresolved: undefined };
  const isOwn = ({ group = GATEWAY_GROUP, kind }: (typeof asked)[number]) => group === GATEWAY_GROUP && kind === own;
  const strange = asked.find((one) => !isOwn(one));
  return {
    routeKinds: asked.some(isOwn) ? [own] : [],
    unresolved: strange && {
      reason: "InvalidRouteKinds",
      message: `allowedRoutes.kinds: ${strange.kind} cannot be attached to a listener of protocol ${protocol}`,
    },
  };
}

function overlap(claim: { readonly address: string; readonly port: number }, socket: WantedSocket): boolean {
  if (claim.port !== socket.hostPort) return false;
  return claim.address === socket.hostAddress || isAny(claim.address) || isAny(socket.hostAddress);
}

function isAny(address: string): boolean {
  return address === ANY_ADDRESS || address === "0.0.0.0";
}

/** As workers know it. */
export function listenerConfig({ raw, name }: Listener, id: number, sockets: readonly number[]): GatewayListener {
  return {
    id,
    sockets,
    name,
    protocol: raw.protocol === "TCP" ? "TCP" : "HTTP",
    ...(raw.hostname !== undefined && { hostname: raw.hostname }),
  };
}

// Which call a request came by, where the mesh did not say: a call holds what it caused, once clocks agree, so the callee's
// requests are stitched to the calls that may be theirs as calls are stitched to requests.
import { clockOffsets } from "./clocks.ts";
import type { Link } from "./exchange.ts";
import { type Limits, stitcher } from "./stitcher.ts";

export type Peer = {
  readonly id: number;
  readonly startUs: number;
  readonly endUs: number;
  readonly service: string;
  readonly workload: number;
  readonly name: string;
  /** of a call: who was called, "" when it does not say */
  readonly callee: string;
  readonly tokens?: readonly number[];
};

/** By request: its call. @param requests without a known call; calls that are nobody's yet */
export function peerLinks(requests: readonly Peer[], calls: readonly Peer[], limits: Limits): Map<number, Link> {
  const links = new Map<number, Link>();
  const services = new Set(requests.map(({ service }) => service));
  const taken = new Set<number>();
  const groups = [...Map.groupBy(requests, (request) => request.service)].map(([service, served]) => ({
    served,
    ...callsTo(service, served, calls, services),
  }));
  // Who is known by name first: what is theirs is nobody else's.
  for (const { served, calls: possible } of groups.sort((a, b) => a.rank - b.rank)) {
    const theirs = possible.filter(({ id }) => !taken.has(id));
    const offsets = clockOffsets(inOrder(theirs), inOrder(served));
    const stitch = stitcher((link) => links.set(link.call, { ...link, also: [] }), limits);
    const kinds = new Map<string, number>();
    const rows = [
      ...theirs.map((peer) => ({ peer, isCall: true, kind: `call ${peer.service} ${peer.name}` })),
      ...served.map((peer) => ({ peer, isCall: false, kind: `request ${peer.name}` })),
    ].map(({ peer, isCall, kind }) => {
      const ahead = offsets.get(peer.workload) ?? 0;
      const sameSide = kind.slice(0, 4);
      if (!kinds.has(kind)) kinds.set(kind, [...kinds.keys()].filter((other) => other.startsWith(sameSide)).length);
      const { id, tokens } = peer;
      const times = { startUs: peer.startUs - ahead, endUs: peer.endUs - ahead };
      return { isCall, exchange: { id, ...times, what: kinds.get(kind) as number, ...(tokens && { tokens }) } };
    });
    rows.sort((a, b) => a.exchange.endUs - b.exchange.endUs);
    for (let pass = 1; pass <= 2; pass++) {
      for (const { isCall, exchange } of rows) {
        // The call is what the request is inside of.
        if (isCall) stitch.received(0, exchange);
        else stitch.called(0, exchange);
        stitch.advance(exchange.endUs);
      }
      stitch.finish();
    }
    for (const { id } of served) {
      const link = links.get(id);
      if (link?.request !== undefined && link.confidence > 0.5) taken.add(link.request);
    }
  }
  return links;
}

/** Those that name the service; else those of a name that it serves; else all that name no service. */
function callsTo(service: string, served: readonly Peer[], calls: readonly Peer[], services: ReadonlySet<string>) {
  const others = calls.filter((call) => call.service !== service);
  const named = others.filter(({ callee }) => callee === service || callee.startsWith(`${service}.`));
  if (named.length > 0) return { rank: 1, calls: named };
  const open = others.filter(({ callee }) => !services.has(callee));
  const names = new Set(served.map(({ name }) => name));
  const alike = open.filter(({ name }) => names.has(name));
  return alike.length > 0 ? { rank: 2, calls: alike } : { rank: 3, calls: open };
}

function inOrder(peers: readonly Peer[]): Peer[] {
  return peers.toSorted((a, b) => a.startUs - b.startUs);
}

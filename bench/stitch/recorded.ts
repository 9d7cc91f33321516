// A system's spans as a recording would have them, with what recordings of other systems lack or bend; and how well
// `meshwise stitch` puts it together.
import { type RecordedLink, recording } from "../../src/observatory/stitch/recording.ts";
import type { OtlpSpan } from "../../src/protocol/otlp/spans.ts";
import type { System } from "./systems.ts";
import type { SeenSpan, World } from "./world.ts";

export type Trait = {
  readonly name: string;
  /** a server span says which client span it came by */
  readonly hasPeerIds: boolean;
  readonly resolutionUs: number;
};

export type Found = {
  readonly requests: number;
  readonly rightRequests: number;
  readonly traces: number;
  readonly rightTraces: number;
  /** of a service: share of its requests that is right */
  readonly worst: { readonly service: string; readonly share: number };
};

const EPOCH_US = 1.7e15;

export function stitchRecording({ plans, stores }: System, { spans }: World, trait: Trait): Found {
  const nameOf = (span: SeenSpan) => plans[span.service]?.name ?? "";
  const seen = spans.filter((span) => !(span.side === "server" && stores.has(nameOf(span))));
  const recorded = recording(false);
  for (const span of seen) recorded.add(asWritten(span, nameOf(span), trait));
  const links = new Map([...recorded.links()].map((link) => [link.span, link]));
  const wrong = wrongRequests(seen, links);
  const callers = new Set(seen.filter(({ side }) => side === "client").map(({ service }) => service));
  const requests = seen.filter(({ side, service }) => side === "server" && callers.has(service));
  const roots = seen.filter(({ side, parents }) => side === "server" && parents.length === 0);
  const wrongRoots = new Set([...wrong].map((id) => rootOf(spans, id)));
  return {
    requests: requests.length,
    rightRequests: requests.filter(({ id }) => !wrong.has(id)).length,
    traces: roots.length,
    rightTraces: roots.filter(({ id }) => !wrongRoots.has(id)).length,
    worst: worstOf(requests, wrong, nameOf),
  };
}

function asWritten(span: SeenSpan, service: string, { hasPeerIds, resolutionUs }: Trait): OtlpSpan {
  const written = (us: number) => EPOCH_US + Math.floor(us / resolutionUs) * resolutionUs;
  const [callee = "", ...operation] = span.what.split(" ");
  const attributes = new Map<string, string>();
  const [parent] = span.parents;
  if (span.side === "client") attributes.set("peer.service", callee);
  else if (hasPeerIds && parent !== undefined) attributes.set("meshwise.peer_span_id", idOf(parent));
  return {
    ...{ spanId: idOf(span.id), traceId: "", kind: span.side, isError: span.isFailure, attributes },
    name: span.side === "client" ? operation.join(" ") : span.what,
    ...{ startUs: written(span.startUs), endUs: written(span.endUs) },
    resource: new Map([["service.name", service]]),
  };
}

const idOf = (id: number) => id.toString(16).padStart(16, "0");

/** Those whose calls are not all found, or that were given others, or were themselves given to the wrong call. */
function wrongRequests(seen: readonly SeenSpan[], links: ReadonlyMap<string, RecordedLink>): Set<number> {
  const wrong = new Set<number>();
  for (const { id, side, parents } of seen) {
    const { parent } = links.get(idOf(id)) as RecordedLink;
    const found = parent === null ? undefined : Number.parseInt(parent, 16);
    const [truth] = parents;
    if (found === truth) continue;
    if (side === "server") wrong.add(id);
    else for (const request of [found, truth]) if (request !== undefined) wrong.add(request);
  }
  return wrong;
}

function worstOf(requests: readonly SeenSpan[], wrong: ReadonlySet<number>, nameOf: (span: SeenSpan) => string) {
  const shares = [...Map.groupBy(requests, nameOf)].map(([service, of]) => {
    return { service, share: of.filter(({ id }) => !wrong.has(id)).length / of.length };
  });
  return shares.reduce((worst, one) => (one.share < worst.share ? one : worst), { service: "", share: 1 });
}

function rootOf(spans: readonly SeenSpan[], id: number): number {
  const parent = spans[id]?.parents[0];
  return parent === undefined ? id : rootOf(spans, parent);
}

// Exchanges → OTLP: one record is two spans, of who asked and of who answered, by OpenTelemetry's conventions for HTTP
// (https://opentelemetry.io/docs/specs/semconv/http/http-spans/). The query of a URL was never kept, so it is not sent.
import { VERSION } from "../../model/release.ts";
import type { OtlpSpan, Traces } from "../../protocol/otlp/trace-messages.ts";
import type { Peer } from "../names.ts";
import type { Exchange } from "../query/exchange.ts";
import { attributesOf, nanosOf } from "./attributes.ts";

export type BothSides = { readonly exchange: Exchange; readonly source: Peer; readonly destination: Peer };

export const SCOPE = { name: "meshwise", version: VERSION };
const SERVER = 2;
const CLIENT = 3;
const ERROR = 2;
/** the caller's sampled flag is set: these are kept */
const SAMPLED = 1;

/** How many spans they make, and the request that carries them. */
export function tracesOf(exchanges: readonly BothSides[]): { readonly traces: Traces; readonly spans: number } {
  const byPeer = new Map<Peer, OtlpSpan[]>();
  let spans = 0;
  const add = (peer: Peer, span: OtlpSpan) => {
    const known = byPeer.get(peer);
    if (known) known.push(span);
    else byPeer.set(peer, [span]);
    spans++;
  };
  for (const { exchange, source, destination } of exchanges) {
    // nobody in the mesh asked for the copy of a request
    const isAsked = source.key !== 0 && !exchange.flags.includes("mirrored");
    const isServed = destination.workload !== "";
    if (isAsked) add(source, clientSpan(exchange));
    if (isServed) add(destination, serverSpan(exchange, isAsked));
  }
  const resourceSpans = [...byPeer].map(([peer, spans]) => ({
    resource: { attributes: resourceOf(peer) },
    scopeSpans: [{ scope: SCOPE, spans }],
  }));
  return { traces: { resourceSpans }, spans };
}

export function resourceOf({ service, namespace, workload, version }: Peer) {
  return attributesOf({
    "service.name": service,
    "service.namespace": namespace,
    "service.instance.id": workload,
    "service.version": version,
    "telemetry.sdk.name": "meshwise",
  });
}

function clientSpan(of: Exchange): OtlpSpan {
  return {
    ...common(of),
    ...(of.parentSpanId === undefined ? {} : { parentSpanId: of.parentSpanId }),
    spanId: of.spanId,
    kind: CLIENT,
    startTimeUnixNano: nanosOf(of.startUs),
    endTimeUnixNano: nanosOf(of.startUs + of.durationUs),
    ...statusOf(of, 400),
    attributes: attributesOf({
      ...attributes(of),
      "url.template": templateOf(of),
      "url.full": of.method === "" ? undefined : `http://${of.authority || of.destination}${of.path}`,
      "server.address": hostOf(of),
      "server.port": of.port,
      "http.request.resend_count": of.attempts > 1 ? of.attempts - 1 : undefined,
      "error.type": errorTypeOf(of, 400),
    }),
  };
}

/** From when the request began to go to the workload, until its answer's last byte. */
function serverSpan(of: Exchange, isAsked: boolean): OtlpSpan {
  const { connected, secured, pooled = 0, lastIn = of.durationUs } = of.phases;
  const begin = Math.min(secured ?? connected ?? pooled, lastIn);
  const parent = isAsked ? of.spanId : of.parentSpanId;
  return {
    ...common(of),
    ...(parent === undefined ? {} : { parentSpanId: parent }),
    spanId: of.serverSpanId,
    kind: SERVER,
    startTimeUnixNano: nanosOf(of.startUs + begin),
    endTimeUnixNano: nanosOf(of.startUs + lastIn),
    ...statusOf(of, 500),
    attributes: attributesOf({
      ...attributes(of),
      "url.scheme": of.method === "" ? undefined : "http",
      "url.path": of.path,
      "http.route": templateOf(of),
      "server.address": hostOf(of),
      "server.port": of.port,
      "client.address": of.source,
      "error.type": errorTypeOf(of, 500),
    }),
  };
}

function common(of: Exchange) {
  // without a route the method alone: a path is no name, it has as many values as there are orders
  const method = of.method === "_OTHER" ? "HTTP" : of.method;
  return { traceId: of.traceId, name: of.route ?? (method || of.protocol), flags: SAMPLED };
}

/** `/cart/{id}` of `GET /cart/{id}`; routes that are named otherwise say nothing of paths. */
function templateOf({ method, route }: Exchange): string | undefined {
  return route?.startsWith(`${method} /`) ? route.slice(method.length + 1) : undefined;
}

function attributes(of: Exchange) {
  const [name, version] = of.protocol.split("/");
  return {
    "http.request.method": of.method,
    "http.response.status_code": of.status || undefined,
    "network.protocol.name": name === "tcp" ? undefined : name,
    "network.protocol.version": version,
    "network.transport": "tcp",
    "meshwise.rule": of.rule,
    "meshwise.parent_confidence": of.confidence > 0 ? of.confidence : undefined,
  };
}

function hostOf(of: Exchange): string {
  return of.authority.replace(/:\d+$/, "") || of.destination;
}

function errorTypeOf({ error, status }: Exchange, fromStatus: number): string | undefined {
  return error ?? (status >= fromStatus ? String(status) : undefined);
}

function statusOf(of: Exchange, fromStatus: number): Pick<OtlpSpan, "status"> {
  return errorTypeOf(of, fromStatus) === undefined ? {} : { status: { code: ERROR } };
}

// Stitching a recording: spans that are all there, in any order. They are gone through twice: to learn, and to link.
import type { OtlpSpan } from "../../protocol/otlp/spans.ts";
import type { Link } from "./exchange.ts";
import { peerLinks } from "./peers.ts";
import { type Limits, type Stitcher, stitcher } from "./stitcher.ts";

/** A file is not in a hurry: a call may wait for the end of a request that takes a minute. */
const PATIENT: Limits = { delayUs: 150_000_000, patienceUs: 0, rows: 16_384 };

const PEER = "meshwise.peer_span_id";

export type RecordedLink = {
  readonly span: string;
  /** null: none was found */
  readonly parent: string | null;
  /** further requests that waited for the same call */
  readonly also?: readonly string[];
  /** that this is so, 0 to 1 */
  readonly confidence: number;
};

export type Recording = {
  add(span: OtlpSpan): void;
  /** In the order of the spans' ends. */
  links(): Iterable<RecordedLink>;
};

type Row = {
  readonly id: number;
  readonly spanId: string;
  readonly side: "request" | "call";
  readonly startUs: number;
  readonly endUs: number;
  readonly service: string;
  readonly workload: number;
  readonly name: string;
  readonly callee: string;
  readonly what: number;
  readonly peer: string | undefined;
  readonly tokens?: readonly number[];
};

/** @param isTraceIdUsed a trace id on a request and on a call is evidence that they belong together */
export function recording(isTraceIdUsed: boolean): Recording {
  let rows: Row[] = [];
  const seen = new Set<string>();
  const workloads = interning();
  const whats = new Map<string, (name: string) => number>();
  const traces = interning();
  const whatOf = (scope: string, name: string) => {
    const ids = whats.get(scope) ?? interning();
    whats.set(scope, ids);
    return ids(name);
  };

  return {
    add(span) {
      const side = SIDES[span.kind];
      if (!side) return;
      const service = span.resource.get("service.name") ?? span.attributes.get("service.name") ?? "";
      // an exporter that got no answer sends again
      const name = [side, hexOf(span.spanId), span.startUs, service].join("\n");
      if (seen.has(name)) return;
      seen.add(name);
      rows.push({
        ...{ id: rows.length, spanId: span.spanId, side, startUs: span.startUs, endUs: span.endUs, service },
        ...{ name: plain(span.name), callee: calleeOf(span) },
        workload: workloads(`${service}\n${instanceOf(span)}`),
        what: whatOf(`${side}\n${service}`, side === "call" ? kindOf(span) : plain(span.name)),
        peer: side === "request" ? span.attributes.get(PEER) || undefined : undefined,
        ...(isTraceIdUsed && span.traceId !== "" && { tokens: [traces(span.traceId) + 1] }),
      });
    },
    *links() {
      rows = inMicros(rows);
      const ordered = rows.toSorted((a, b) => a.endUs - b.endUs || a.id - b.id);
      const parents = linksOf(ordered);
      const bySpanId = new Map(rows.map((row) => [hexOf(row.spanId), row.spanId]));
      const known = new Set(rows.map(({ peer }) => peer && hexOf(peer)));
      const unknown = ordered.filter(({ side, peer }) => side === "request" && peer === undefined);
      const open = ordered.filter(({ side, spanId }) => side === "call" && !known.has(hexOf(spanId)));
      for (const [id, link] of peerLinks(unknown, open, {
        ...PATIENT,
        resolutionUs: exactServices(rows).size > 0 ? 0 : MILLISECOND_US,
      }))
        parents.set(id, link);
      for (const row of ordered) {
        if (row.peer !== undefined) {
          yield { span: row.spanId, parent: bySpanId.get(hexOf(row.peer)) ?? row.peer, confidence: 1 };
          continue;
        }
        const { request, also, confidence } = parents.get(row.id) as Link;
        yield {
          span: row.spanId,
          parent: request === undefined ? null : (rows[request] as Row).spanId,
          ...(also.length > 0 && { also: also.map((id) => (rows[id] as Row).spanId) }),
          confidence: Math.round(confidence * 1000) / 1000,
        };
      }
    },
  };
}

const SIDES: Readonly<Partial<Record<OtlpSpan["kind"], Row["side"]>>> = {
  ...{ server: "request", consumer: "request" },
  ...{ client: "call", producer: "call" },
};

function linksOf(ordered: readonly Row[]): Map<number, Link> {
  const links = new Map<number, Link>();
  const services = new Map<string, Stitcher>();
  const exact = exactServices(ordered);
  for (let pass = 1; pass <= 2; pass++) {
    for (const row of ordered) {
      let service = services.get(row.service);
      // The second time through, its links replace those of the first.
      if (!service) {
        const limits = { ...PATIENT, resolutionUs: exact.has(row.service) ? 0 : MILLISECOND_US };
        service = stitcher((link) => links.set(link.call, link), limits);
        services.set(row.service, service);
      }
      if (row.side === "request") service.received(row.workload, row);
      else service.called(row.workload, row);
      service.advance(row.endUs);
    }
    for (const service of services.values()) service.finish();
  }
  return links;
}

function instanceOf({ resource }: OtlpSpan): string {
  for (const key of ["service.instance.id", "k8s.pod.name", "container.id", "host.name"]) {
    const value = resource.get(key);
    if (value !== undefined) return value;
  }
  return "";
}

/** Some write µs or ms since 1970 where nanoseconds belong, which then would all be of some days of that year. */
function inMicros(rows: Row[]): Row[] {
  const starts = rows.map(({ startUs }) => startUs);
  const first = starts.reduce((least, us) => Math.min(least, us), Number.POSITIVE_INFINITY);
  const last = starts.reduce((most, us) => Math.max(most, us), 0);
  const unit = [1e3, 1e6].find((by) => first * by >= SINCE_US && last * by < UNTIL_US);
  if (unit === undefined) return rows;
  return rows.map((row) => ({ ...row, startUs: row.startUs * unit, endUs: row.endUs * unit }));
}

/** 2001 to 2286: no two units of time have these years in common */
const SINCE_US = 1e15;
const UNTIL_US = 1e16;

/** Some write milliseconds, whatever the format can hold: the others. */
function exactServices(rows: readonly Row[]): ReadonlySet<string> {
  const isWhole = (us: number) => us % MILLISECOND_US === 0;
  return new Set(rows.filter((row) => !isWhole(row.startUs) || !isWhole(row.endUs)).map(({ service }) => service));
}

const MILLISECOND_US = 1000;

/** An id as hex digits in lower case: some write it in base64, as JSON of protobuf would be. */
function hexOf(id: string): string {
  if (!/^[A-Za-z0-9+/]{11}=$/.test(id)) return id.toLowerCase();
  return Buffer.from(id, "base64").toString("hex");
}

/** A name without what differs from request to request: it would be a kind of its own each time. */
function plain(name: string): string {
  return name.replace(/[?#].*$/, "").replace(VARIABLE, "*");
}

const VARIABLE = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{16,}|\d{3,}|(?<=\/)\d+(?=\/|$)/gi;

/** What comes after a call that failed is not what comes after one that did not: they are different kinds. */
function kindOf(span: OtlpSpan): string {
  return `${calleeOf(span)}\n${plain(span.name)}\n${span.isError}`;
}

function calleeOf({ attributes }: OtlpSpan): string {
  for (const key of CALLEES) {
    const value = attributes.get(key);
    if (value !== undefined && value !== "") return value.replace(/:\d+$/, "");
  }
  return "";
}

const CALLEES = [
  ...["peer.service", "server.address", "net.peer.name", "http.host", "net.peer.ip"],
  ...["messaging.destination.name", "messaging.destination", "rpc.service", "db.system"],
];

/** a number for each name, from 0 */
function interning(): (name: string) => number {
  const ids = new Map<string, number>();
  return (name) => {
    const id = ids.get(name) ?? ids.size;
    if (id === ids.size) ids.set(name, id);
    return id;
  };
}

// The histograms of `/metrics` → OTLP, cumulated since the observatory began.
import { type HistogramPoint, type Metric, type Metrics, TEMPORALITY } from "../../protocol/otlp/metric-messages.ts";
import { BOUNDS_S, errorType, type Histogram } from "../live/histogram.ts";
import { OUTSIDE } from "../names.ts";
import { attributesOf, nanosOf } from "./attributes.ts";
import { SCOPE } from "./spans.ts";

const SIDES = ["server", "client"] as const;
type Side = (typeof SIDES)[number];

type Summed = {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly counts: Float64Array;
  sumUs: number;
};

/** How many points they are, and the request that carries them; the series of either side are its service's. */
export function metricsOf(
  histograms: Iterable<Histogram>,
  { sinceUs, nowUs }: { readonly sinceUs: number; readonly nowUs: number },
): { readonly metrics: Metrics; readonly points: number } {
  const services = new Map<string, { readonly [S in Side]: Map<string, Summed> }>();
  let points = 0;
  const add = (service: string, side: Side, of: Histogram) => {
    const sides = services.get(service) ?? { server: new Map(), client: new Map() };
    services.set(service, sides);
    const attributes = attributesOn(of, side);
    const key = JSON.stringify(attributes);
    // series that differ only in what this side does not show are one
    const known = sides[side].get(key);
    if (!known) points++;
    const counts = known
      ? known.counts.map((count: number, bucket: number) => count + (of.counts[bucket] ?? 0))
      : of.counts;
    sides[side].set(key, { attributes, counts, sumUs: (known?.sumUs ?? 0) + of.sumUs });
  };
  for (const of of histograms) {
    if (of.method === "" || of.isOverflow) continue;
    if (of.isServed && of.destination !== OUTSIDE) add(of.destination, "server", of);
    if (of.source !== OUTSIDE) add(of.source, "client", of);
  }

  const point = ({ attributes, counts, sumUs }: Summed): HistogramPoint => ({
    attributes: attributesOf(attributes),
    startTimeUnixNano: nanosOf(sinceUs),
    timeUnixNano: nanosOf(nowUs),
    count: BigInt(counts.reduce((sum, count) => sum + count, 0)),
    sum: sumUs / 1e6,
    explicitBounds: BOUNDS_S,
    bucketCounts: [...counts].map(BigInt),
  });
  const resourceMetrics = [...services].map(([service, sides]) => ({
    resource: { attributes: attributesOf({ "service.name": service, "telemetry.sdk.name": "meshwise" }) },
    scopeMetrics: [
      { scope: SCOPE, metrics: SIDES.flatMap((side) => metric(side, [...sides[side].values()].map(point))) },
    ],
  }));
  return { metrics: { resourceMetrics }, points };
}

function metric(side: Side, dataPoints: readonly HistogramPoint[]): Metric[] {
  if (dataPoints.length === 0) return [];
  return [
    {
      name: `http.${side}.request.duration`,
      unit: "s",
      description: `Duration of HTTP ${side} requests.`,
      histogram: { aggregationTemporality: TEMPORALITY.cumulative, dataPoints },
    },
  ];
}

function attributesOn(of: Histogram, side: Side): Readonly<Record<string, string | number>> {
  return {
    "http.request.method": of.method,
    ...(of.status > 0 && { "http.response.status_code": of.status }),
    "error.type": errorType(of, side),
    // the conventions' names of the other side
    ...(side === "server" ? { "client.address": of.source } : { "server.address": of.destination }),
    "network.protocol.name": "http",
    "url.scheme": "http",
  };
}

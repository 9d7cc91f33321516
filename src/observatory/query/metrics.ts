// `/metrics`: OpenTelemetry's names and units in Prometheus' text format. One exchange is one span on each side, so the
// same count is shown as the caller's and, where a workload of the mesh answered, as the server's.
import { isReady } from "../../model/readiness.ts";
import type { ProcessSample, WorkloadSample } from "../../model/telemetry.ts";
import {
  CONTENT_TYPES,
  type Family,
  type Format,
  formatFor,
  histogramSamples,
  type Labels,
  type Sample,
  type SampleExemplar,
  writeExposition,
} from "../../protocol/openmetrics/exposition.ts";
import { exemplarIds } from "../live/exemplar.ts";
import type { Exemplar } from "../live/exemplars.ts";
import { BOUNDS_S, errorType, type Histogram, type Histograms } from "../live/histogram.ts";
import { LOSS_REASONS, type Losses } from "../live/losses.ts";
import { OUTSIDE } from "../names.ts";
import type { Queries } from "./queries.ts";

export type MetricsDeps = {
  readonly histograms: Histograms;
  readonly losses: Losses;
  readonly queries: Queries;
  readonly trouble: () => string | undefined;
};

/** @returns the document and its content type, in the form that the request accepts */
export function metricsFor(deps: MetricsDeps, accept: string | null): { readonly text: string; readonly type: string } {
  const format = formatFor(accept);
  return { text: metricsText(deps, format), type: CONTENT_TYPES[format] };
}

export function metricsText(
  { histograms, losses, queries, trouble }: MetricsDeps,
  format: Format = "prometheus",
): string {
  const all = [...histograms.all()];
  const http = all.filter((one) => one.method !== "");
  const workloads = queries.workloads().rows;
  const processes = queries.processes().rows;
  return writeExposition(
    [
      {
        name: "http_server_request_duration_seconds",
        type: "histogram",
        help: "Duration of HTTP requests to a service of the mesh, by the service that answered.",
        samples: httpSamples(
          http.filter((one) => one.isServed && one.destination !== OUTSIDE),
          "server",
        ),
      },
      {
        name: "http_client_request_duration_seconds",
        type: "histogram",
        help: "Duration of HTTP requests by a service of the mesh, by the service that asked.",
        samples: httpSamples(
          http.filter((one) => one.source !== OUTSIDE),
          "client",
        ),
      },
      {
        name: "meshwise_tcp_connections_total",
        type: "counter",
        help: "TCP connections that ended, other than HTTP.",
        samples: tcpSamples(all.filter((one) => one.method === "")),
      },
      {
        name: "meshwise_lost_spans_total",
        type: "counter",
        help: "Exchanges that are missing in these figures or their details, by where they were lost.",
        samples: LOSS_REASONS.map((reason) => ({ labels: { reason }, value: losses.total(reason) })),
      },
      {
        name: "meshwise_store_up",
        type: "gauge",
        help: "1 when the telemetry store can be read and written.",
        samples: [{ labels: {}, value: trouble() ? 0 : 1 }],
      },
      ...workloadFamilies(workloads),
      ...processFamilies(processes),
    ],
    format,
  );
}

function* httpSamples(histograms: readonly Histogram[], side: "client" | "server"): Iterable<Sample> {
  // series that differ only in what this side does not show are one
  type Merged = { labels: Labels; counts: Float64Array; exemplars: (Exemplar | undefined)[]; sumUs: number };
  const merged = new Map<string, Merged>();
  for (const one of histograms) {
    const labels = httpLabels(one, side);
    const name = JSON.stringify(labels);
    const into = merged.get(name) ?? { labels, counts: new Float64Array(BOUNDS_S.length + 1), exemplars: [], sumUs: 0 };
    one.counts.forEach((count, bucket) => {
      into.counts[bucket] = (into.counts[bucket] ?? 0) + count;
      into.exemplars[bucket] ??= one.exemplars[bucket];
    });
    into.sumUs += one.sumUs;
    merged.set(name, into);
  }
  for (const { labels, counts, sumUs, exemplars } of merged.values()) {
    yield* histogramSamples(labels, BOUNDS_S, counts, sumUs / 1e6, exemplars.map(exemplarOf));
  }
}

function exemplarOf(one: Exemplar | undefined): SampleExemplar | undefined {
  if (!one) return undefined;
  const { traceId, spanId } = exemplarIds(one.of);
  return { labels: { trace_id: traceId, span_id: spanId }, value: one.of.durationUs / 1e6, atS: one.endUs / 1e6 };
}

function httpLabels(of: Histogram, side: "client" | "server"): Labels {
  if (of.isOverflow) return { otel_metric_overflow: "true" };
  return {
    service_name: side === "server" ? of.destination : of.source,
    peer: side === "server" ? of.source : of.destination,
    http_request_method: of.method,
    http_response_status_code: of.status === 0 ? "" : String(of.status),
    error_type: errorType(of, side),
  };
}

function* tcpSamples(histograms: readonly Histogram[]): Iterable<Sample> {
  const counts = new Map<string, { labels: Labels; value: number }>();
  for (const one of histograms) {
    const labels: Labels = one.isOverflow
      ? { otel_metric_overflow: "true" }
      : { service_name: one.destination, peer: one.source, error_type: one.error };
    const name = JSON.stringify(labels);
    const into = counts.get(name) ?? { labels, value: 0 };
    for (const count of one.counts) into.value += count;
    counts.set(name, into);
  }
  yield* counts.values();
}

function workloadFamilies(workloads: readonly WorkloadSample[]): Family[] {
  const each = (value: (workload: WorkloadSample) => number | undefined): Sample[] =>
    workloads.flatMap((workload) => {
      const labels = {
        service_name: workload.service,
        service_instance_id: workload.id,
        service_version: workload.version,
      };
      const found = value(workload);
      return found === undefined ? [] : [{ labels, value: found }];
    });
  return [
    {
      name: "meshwise_workload_ready",
      type: "gauge",
      help: "1 when the workload can take traffic.",
      samples: each((workload) => (isReady(workload) ? 1 : 0)),
    },
    {
      name: "meshwise_workload_connections",
      type: "gauge",
      help: "Open connections that the mesh carries to the workload.",
      samples: each((workload) => workload.connections),
    },
    {
      name: "meshwise_workload_restarts",
      type: "gauge",
      help: "How often the workload was started again.",
      samples: each((workload) => workload.restarts),
    },
    {
      name: "meshwise_workload_cpu_seconds_total",
      type: "counter",
      help: "CPU time of the workload, where the host tells.",
      samples: each((workload) => seconds(workload.resources?.cpuUs)),
    },
    {
      name: "meshwise_workload_memory_bytes",
      type: "gauge",
      help: "Memory of the workload, where the host tells.",
      samples: each((workload) => workload.resources?.memoryBytes),
    },
  ];
}

function processFamilies(processes: readonly ProcessSample[]): Family[] {
  const each = (value: (process: ProcessSample) => number | undefined): Sample[] =>
    processes.flatMap((process) => {
      const found = value(process);
      return found === undefined
        ? []
        : [{ labels: { role: process.role, index: String(process.index) }, value: found }];
    });
  return [
    {
      name: "meshwise_process_cpu_seconds_total",
      type: "counter",
      help: "CPU time of the mesh's own processes.",
      samples: each((process) => seconds(process.cpuUs)),
    },
    {
      name: "meshwise_process_memory_bytes",
      type: "gauge",
      help: "Memory of the mesh's own processes: proportional set size where it is known.",
      samples: each((process) => process.pssBytes ?? process.memoryBytes),
    },
  ];
}

function seconds(us: number | undefined): number | undefined {
  return us === undefined ? undefined : us / 1e6;
}

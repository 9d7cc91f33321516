// Latency histograms with OpenTelemetry's bounds, counted since the process began: what `/metrics` shows. Prometheus
// computes rates from them, so they only ever grow.
import { METHODS } from "../../model/span.ts";
import type { Exemplar } from "./exemplars.ts";

/** seconds; OpenTelemetry's advice for http.server.request.duration */
export const BOUNDS_S = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] as const;
const BOUNDS_US = BOUNDS_S.map((seconds) => seconds * 1e6);

export type Histogram = {
  readonly source: string;
  readonly destination: string;
  /** "" for a TCP connection */
  readonly method: string;
  /** 0 without */
  readonly status: number;
  /** a code of base/errors, "" without */
  readonly error: string;
  /** a workload of the destination was given the exchange: it is also a server's */
  readonly isServed: boolean;
  readonly isOverflow: boolean;
  /** exchanges up to each bound, not cumulated; the last has no bound */
  readonly counts: Float64Array;
  /** one exchange of each bucket, where there is one */
  readonly exemplars: (Exemplar | undefined)[];
  sumUs: number;
};

/** What a histogram needs to know of a series; it keeps its histograms there. */
export type Counted = {
  readonly source: string;
  readonly destination: string;
  readonly protocol: string;
  readonly error: string;
  /** by method, status and whether it was served */
  readonly histograms: Map<number, Histogram>;
};

export type Histograms = {
  /** @returns where it was counted */
  count(
    series: Counted,
    method: number,
    status: number,
    isServed: boolean,
    durationUs: number,
  ): { readonly histogram: Histogram; readonly bucket: number };
  all(): Iterable<Histogram>;
};

/** Series in all; the next ones are counted together in one with `otel_metric_overflow="true"`, as OpenTelemetry has it. */
export function histograms({ mostSeries = 2_000 } = {}): Histograms {
  const byName = new Map<string, Histogram>();
  let overflow: { readonly [protocol: string]: Histogram } = {};

  const find = (series: Counted, method: number, status: number, isServed: boolean): Histogram => {
    const methodName = series.protocol === "tcp" ? "" : (METHODS[method] ?? "_OTHER") || "_OTHER";
    const name = [series.source, series.destination, methodName, status, series.error, isServed].join("\n");
    const found = byName.get(name);
    if (found) return found;
    if (byName.size >= mostSeries) {
      overflow = {
        tcp: overflow.tcp ?? fresh({ isOverflow: true }),
        http: overflow.http ?? fresh({ isOverflow: true, method: "_OTHER" }),
      };
      return (methodName === "" ? overflow.tcp : overflow.http) as Histogram;
    }
    const { source, destination, error } = series;
    const made = fresh({ source, destination, method: methodName, status, error, isServed });
    byName.set(name, made);
    return made;
  };

  return {
    count(series, method, status, isServed, durationUs) {
      const key = (method * 65536 + status) * 2 + (isServed ? 1 : 0);
      let histogram = series.histograms.get(key);
      if (!histogram) {
        histogram = find(series, method, status, isServed);
        series.histograms.set(key, histogram);
      }
      let bucket = 0;
      while (bucket < BOUNDS_US.length && durationUs > (BOUNDS_US[bucket] as number)) bucket++;
      histogram.counts[bucket] = (histogram.counts[bucket] as number) + 1;
      histogram.sumUs += durationUs;
      return { histogram, bucket };
    },
    *all() {
      yield* byName.values();
      yield* Object.values(overflow);
    },
  };
}

function fresh(of: Partial<Histogram>): Histogram {
  return {
    source: "",
    destination: "",
    method: "",
    status: 0,
    error: "",
    isServed: true,
    isOverflow: false,
    counts: new Float64Array(BOUNDS_US.length + 1),
    exemplars: [],
    sumUs: 0,
    ...of,
  };
}

/** OpenTelemetry's error.type: our code, else the status when it is an error for that side of the exchange. */
export function errorType(of: Histogram, side: "client" | "server"): string {
  if (of.error !== "") return of.error;
  return of.status >= (side === "client" ? 400 : 500) ? String(of.status) : "";
}

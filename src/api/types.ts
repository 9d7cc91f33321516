// The JSON documents of the observatory's API. The CLI and the web page know the product through these types alone.
import type { ProcessSample, WorkloadSample } from "../model/telemetry.ts";

export type Coverage = {
  /** share of the exchanges in the window that are counted here, 0…1; below 1 something was lost and `missing` says what */
  readonly spans: number;
  readonly missing: readonly string[];
};

export type Answer<Row> = {
  /** ISO 8601, end of the newest data in the answer */
  readonly asOf: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly coverage: Coverage;
  readonly rows: readonly Row[];
};

/** Golden signals of a set of exchanges. Latencies in ms, absent when there was no exchange. */
export type Signals = {
  readonly requests: number;
  readonly failures: number;
  /** 0…1; absent without requests */
  readonly success?: number;
  readonly rps: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

/** `GET /api/v1/stat`: one row per service (inbound, as its callers saw it). */
export type StatRow = Signals & {
  readonly service: string;
  readonly namespace: string;
  /** workloads that can take traffic, of how many */
  readonly meshed: { readonly ready: number; readonly total: number };
  readonly protocols: readonly string[];
  /** open connections to it now */
  readonly connections: number;
};

/** `GET /api/v1/edges`: who calls whom. `outside` is the source of published traffic. */
export type EdgeRow = Signals & {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: string;
};

/** `GET /api/v1/tap`: one exchange; newline-delimited JSON with `follow=1`. Times in µs. */
export type TapRow = {
  readonly time: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly source: string;
  readonly sourceWorkload: string;
  readonly destination: string;
  readonly destinationWorkload: string;
  readonly port: number;
  readonly protocol: string;
  readonly method: string;
  readonly path: string;
  readonly authority: string;
  readonly status: number;
  readonly error?: string;
  readonly flags: readonly string[];
  readonly durationUs: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

/** `GET /api/v1/workloads` */
export type WorkloadRow = WorkloadSample;
/** `GET /api/v1/processes` */
export type ProcessRow = ProcessSample;

export type ApiProblem = {
  /** RFC 9457 */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
};

// The JSON documents of the observatory's API. The CLI and the web page know the product through these types alone.
// Refusals are `application/problem+json` (ApiProblem). A window is `since=60s` (the default), or `from` and `to` as RFC 3339.
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

/** `GET /api/v1/stat?since=60s&service=cart`: one row per service (inbound, as its callers saw it). */
export type StatRow = Signals & {
  readonly service: string;
  readonly namespace: string;
  /** workloads that can take traffic, of how many */
  readonly meshed: { readonly ready: number; readonly total: number };
  readonly protocols: readonly string[];
  /** open connections to it now */
  readonly connections: number;
};

/** `GET /api/v1/edges?since=60s&service=cart` (on either side): who calls whom. `outside` is the source of published
 *  traffic; what was called outside goes by its own name. */
export type EdgeRow = Signals & {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: string;
};

/** `GET /api/v1/tap`: one exchange, oldest first, the newest `limit` (100) of them. Filters: `service` (either side),
 *  `source`, `destination`, `method`, `path` (a prefix), `status` (`404`, `5xx`), `error` (a code, or `any`),
 *  `min-duration` (`250ms`), and a window. With `follow=1` newline-delimited JSON of what comes from now on, at most `rate`
 *  (100) a second, until `limit` rows if that is given. Times in µs. */
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
  /** with `follow=1`: so many that meet the filter came before this one and were not shown */
  readonly skippedBefore?: number;
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

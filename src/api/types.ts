// The JSON documents of the observatory's API. The CLI and the web page know the product through these types alone.
// Refusals are `application/problem+json` (ApiProblem). A window is `since=60s` (the default), or `from` and `to` as RFC 3339.
import type { Coverage, EdgeFigures, SeenExchange, ServiceFigures } from "../model/figures.ts";
import type { ProcessSample, WorkloadSample } from "../model/telemetry.ts";

export type Answer<Row> = {
  /** ISO 8601, end of the newest data in the answer */
  readonly asOf: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly coverage: Coverage;
  readonly rows: readonly Row[];
};

/** `GET /api/v1/stat?since=60s&service=cart`: one row per service (inbound, as its callers saw it). */
export type StatRow = ServiceFigures;

/** `GET /api/v1/edges?since=60s&service=cart` (on either side): who calls whom. `outside` is the source of published
 *  traffic; what was called outside goes by its own name. */
export type EdgeRow = EdgeFigures;

/** `GET /api/v1/tap`: one exchange, oldest first, the newest `limit` (100) of them. Filters: `service` (either side),
 *  `source`, `destination`, `method`, `path` (a prefix), `status` (`404`, `5xx`), `error` (a code, or `any`),
 *  `min-duration` (`250ms`), and a window. With `follow=1` newline-delimited JSON of what comes from now on, at most `rate`
 *  (100) a second, until `limit` rows if that is given. Times in µs. */
export type TapRow = Omit<SeenExchange, "startUs"> & {
  /** of its first byte, RFC 3339 with µs */
  readonly time: string;
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

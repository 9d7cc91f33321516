// The JSON documents of the observatory's API. The CLI and the web page know the product through these types alone.
// Refusals are `application/problem+json` (ApiProblem). A window is `since=60s` (the default), or `from` and `to` as RFC 3339.
// A service is named `cart`, or `shop/cart` where several namespaces have one. `GET /api/v1/openapi.json` has all of it.
import type { MapDocument } from "../analysis/graph/types.ts";
import type { Health, ServiceHealth } from "../analysis/health/types.ts";
import type { LedgerDocument } from "../analysis/ledger/types.ts";
import type { Incident } from "../analysis/objectives/incident.ts";
import type { ObjectiveRow } from "../analysis/objectives/row.ts";
import type { TraceDocument, TraceSummary } from "../analysis/trace/types.ts";
import type { Change } from "../model/change.ts";
import type {
  Coverage,
  EdgeFigures,
  ResourcePoint,
  RouteFigures,
  SeenExchange,
  ServiceFigures,
  Signals as SignalFigures,
  StepFigures,
  WorkloadHistory,
} from "../model/figures.ts";
import type { ProcessSample, WorkloadSample } from "../model/telemetry.ts";
import type { AppSeries } from "../observatory/apps/metrics.ts";
import type { SeenLog } from "../observatory/logs/logs.ts";

export type { MapEdge, MapNamespace, MapNode } from "../analysis/graph/types.ts";
export type { Health, HealthState, ServiceHealth } from "../analysis/health/types.ts";
/** `GET /api/v1/privacy` */
export type PrivacyAnswer = {
  readonly schema: "meshwise.dev/answer/v1";
  readonly question: "what is kept of visitors";
  readonly verdict: string;
  /** visitors are told apart */
  readonly isFollowing: boolean;
  readonly kept: readonly KeptThing[];
  readonly never: readonly string[];
  readonly visitors: {
    readonly requests: number;
    readonly mostRequests: number;
    readonly since: string | null;
    /** what paths name and `sharedBy` visitors named */
    readonly items: number;
    readonly sharedBy: number;
  };
};
export type KeptThing = {
  readonly what: string;
  readonly as: string;
  /** after which it is gone; null: by its size */
  readonly seconds: number | null;
  /** there is no telling whose it was */
  readonly isOfNobody: boolean;
};

/** `GET /api/v1/journeys`, `/api/v1/funnel?steps=…`, `/api/v1/funnel/why?steps=…&step=2` */
export type {
  LiveFunnel as FunnelAnswer,
  LiveJourneys as JourneysAnswer,
  LiveLoss as LossAnswer,
} from "../analysis/journeys/visits/answers.ts";
export type { Ledger, LedgerRow } from "../analysis/ledger/types.ts";
/** `GET /api/v1/incidents/{id}`: by its id or the beginning of it */
export type { Incident } from "../analysis/objectives/incident.ts";
export type { ObjectiveRow } from "../analysis/objectives/row.ts";
export type { AppSpan, LinkKind, TraceSpan } from "../analysis/trace/types.ts";
/** `GET /api/v1/why?service=checkout&metric=latency&since=15m`: causes, or that nothing is wrong */
export type { Answer as WhyAnswer } from "../analysis/why/answer.ts";
export type { Coverage } from "../model/figures.ts";

export type Signals = SignalFigures;

/** `GET /api/v1/objectives?service=checkout` */
export type ObjectivesAnswer = { readonly asOf: string; readonly rows: readonly ObjectiveRow[] };

/** `GET /api/v1/incidents?service=checkout&state=open`: newest first */
export type IncidentRow = Omit<Incident, "schema" | "why" | "loss" | "fall" | "timeline" | "burnRate"> & {
  readonly cause?: string;
};
export type IncidentsAnswer = { readonly asOf: string; readonly rows: readonly IncidentRow[] };

/** What every answer says of itself. */
export type Envelope = {
  /** ISO 8601, end of the newest data in the answer */
  readonly asOf: string;
  readonly window: { readonly from: string; readonly to: string };
  readonly coverage: Coverage;
  /** requests of probes and scrapes that are not counted; absent: none */
  readonly probes?: number | undefined;
};

export type Answer<Row> = Envelope & { readonly rows: readonly Row[] };

/** Rows over time: steps are this long and begin at multiples of it. */
export type Stepped<Row> = Answer<Row> & { readonly stepSeconds: number };

/** `GET /api/v1/stat?since=60s&service=cart`: one row per service (inbound, as its callers saw it). */
export type StatRow = ServiceFigures;

/** `GET /api/v1/changes?since=1h&service=cart`: what changed, oldest first. */
export type ChangeRow = Omit<Change, "atUs"> & { readonly time: string };

export type { SqlAnswer } from "../observatory/sql/answer.ts";

/** `GET /api/v1/edges?since=60s&service=cart`: who calls whom. With a service `up` callers and `down` callees around it,
 *  one hop each unless said. `outside` is the source of published traffic; what was called outside goes by its own name. */
export type EdgeRow = EdgeFigures;

/** `GET /api/v1/routes?since=60s&service=cart&source=web`: what was asked of a service, by route, most asked first. */
export type RouteRow = RouteFigures;

/** `GET /api/v1/tap`: one exchange, oldest first, the newest `limit` (100) of them. Filters: `service` (either side),
 *  `source`, `destination`, `method`, `path` (a prefix), `route`, `status` (`404`, `5xx`), `error` (a code, or `any`),
 *  `min-duration` (`250ms`), and a window. With `follow=1` newline-delimited JSON of what comes from now on, at most `rate`
 *  (100) a second, until `limit` rows if that is given. Times in µs. */
export type TapRow = Omit<SeenExchange, "startUs"> & {
  /** of its first byte, RFC 3339 with µs */
  readonly time: string;
  /** with `follow=1`: so many that meet the filter came before this one and were not shown */
  readonly skippedBefore?: number;
};

/** `GET /api/v1/traces/{id}`: one trace by its id, that of an exchange in it, or the beginning of one. */
export type TraceAnswer = Envelope & Omit<TraceDocument, "startUs"> & { readonly time: string };

/** `GET /api/v1/traces?of=cart&slow=1&failed=1&route=/cart&since=15m&limit=20`: newest first, or slowest. `of`: in which the
 *  service was asked; `route` the beginning of the path that it, or else the whole trace, was asked for. */
export type TraceRow = Omit<TraceSummary, "startUs"> & { readonly time: string };

/** A `/tap` question in `/live`: what is new since the event before. */
export type LiveTapAnswer = Answer<TapRow> & {
  /** so many more met the filter and are not shown */
  readonly skipped: number;
};

/** `GET /api/v1/logs`: what was said, oldest first. */
export type LogRow = Omit<SeenLog, "timeUs"> & {
  /** RFC 3339 with µs */
  readonly time: string;
};

/** `GET /api/v1/app-metrics`: a series that an application sends. */
export type MetricRow = Omit<AppSeries, "instance" | "points"> & {
  readonly workload: string;
  readonly points: readonly { readonly time: string; readonly value: number }[];
};

/** `GET /api/v1/otlp`: one signal in one direction, counted since the observatory began. */
export type OtlpRow = {
  readonly direction: "in" | "out";
  readonly signal: "traces" | "metrics" | "logs";
  readonly done: number;
  readonly refused: number;
  readonly lost: number;
  readonly deferred: number;
  readonly waiting: number;
  /** why sending fails now */
  readonly trouble?: string;
};

/** `GET /api/v1/workloads` */
export type WorkloadRow = WorkloadSample;
/** `GET /api/v1/processes` */
export type ProcessRow = ProcessSample;

/** `GET /api/v1/health`: the whole mesh in a sentence, and each service that is not well, causes first. */
export type HealthAnswer = Answer<ServiceHealth> & { readonly project: string; readonly health: Health };

/** `GET /api/v1/map?since=5m&focus=cart&up=1&down=2&expand=ns1,ns2` (`*`: all; absent: as many as can be looked at) */
export type MapAnswer = Envelope & MapDocument & { readonly project: string };

/** `GET /api/v1/series?service=cart`, or `?source=web&destination=cart`, with `step=10s`: one row per step, empty ones too. */
export type SeriesRow = Omit<StepFigures, "startUs" | "isPartial"> & {
  /** ISO 8601, start of the step */
  readonly time: string;
  /** it is not over, or was not seen from its beginning; its rate is over what was seen */
  readonly isPartial?: boolean;
};
export type SeriesAnswer = Stepped<SeriesRow>;

/** `GET /api/v1/resources?service=cart`: what each workload used over time; steps without a sample are not there. */
export type ResourcesRow = Omit<WorkloadHistory, "points"> & {
  readonly points: readonly ResourceStep[];
};
export type ResourceStep = Omit<ResourcePoint, "startUs"> & {
  /** ISO 8601, start of the step */
  readonly time: string;
};
export type ResourcesAnswer = Stepped<ResourcesRow>;

/** `GET /api/v1/ledger?service=checkout&route=POST /checkout&since=15m`: parts of the mean request that add up */
export type LedgerAnswer = Envelope & LedgerDocument;

/** `GET /api/v1/live?ask=…&every=1000`: server-sent events. `ask` is a question of this API without `/api/v1`, as often as
 *  there are questions; `event: answer` has an AnswerEvent, `event: problem` a ProblemEvent as `data`. */
export type AnswerEvent<Document = Envelope> = { readonly ask: string; readonly answer: Document };
export type ProblemEvent = { readonly ask: string; readonly problem: ApiProblem };

export type ApiProblem = {
  /** RFC 9457 */
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
};

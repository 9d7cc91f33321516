// The observatory's API: the documents of api/types.ts.

import type { HostState } from "../../api/host-types.ts";
import type {
  Answer,
  ChangeRow,
  EdgeRow,
  FunnelAnswer,
  HealthAnswer,
  Incident,
  IncidentsAnswer,
  JourneysAnswer,
  LedgerAnswer,
  LogRow,
  LossAnswer,
  ObjectivesAnswer,
  PrivacyAnswer,
  ProcessRow,
  RouteRow,
  SeriesAnswer,
  SqlAnswer,
  StatRow,
  TapRow,
  TraceAnswer,
  TraceRow,
  WhyAnswer,
  WorkloadRow,
} from "../../api/types.ts";
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import { call, getJson, type Peer } from "./http.ts";
import { readNdjson } from "./ndjson.ts";

export type Query = Readonly<Record<string, string | undefined>>;

export type ObservatoryClient = {
  health(query: Query): Promise<HealthAnswer>;
  stat(query: Query): Promise<Answer<StatRow>>;
  series(query: Query): Promise<SeriesAnswer>;
  ledger(query: Query): Promise<LedgerAnswer>;
  why(query: Query): Promise<WhyAnswer>;
  objectives(query: Query): Promise<ObjectivesAnswer>;
  incidents(query: Query): Promise<IncidentsAnswer>;
  incident(id: string): Promise<Incident>;
  journeys(query: Query): Promise<JourneysAnswer>;
  funnel(query: Query): Promise<FunnelAnswer>;
  funnelWhy(query: Query): Promise<LossAnswer>;
  privacy(): Promise<PrivacyAnswer>;
  edges(query: Query): Promise<Answer<EdgeRow>>;
  routes(query: Query): Promise<Answer<RouteRow>>;
  tap(query: Query): Promise<Answer<TapRow>>;
  follow(query: Query, signal?: AbortSignal): AsyncGenerator<TapRow>;
  traces(query: Query): Promise<Answer<TraceRow>>;
  trace(id: string): Promise<TraceAnswer>;
  logs(query: Query): Promise<Answer<LogRow>>;
  changes(query: Query): Promise<Answer<ChangeRow>>;
  sql(query: Query): Promise<SqlAnswer>;
  /** the whole store as a stream */
  backup(): Promise<Response>;
  workloads(): Promise<Answer<WorkloadRow>>;
  processes(): Promise<Answer<ProcessRow>>;
};

/** @param apiUrl http://127.0.0.1:<port> */
export function observatoryClient(apiUrl: string, clock: Clock): ObservatoryClient {
  const peer: Peer = { base: apiUrl, clock, silent: "observatory_silent", refused: "observatory_refused" };
  const get = <T>(name: string, query: Query = {}) => getJson<T>(peer, `/api/v1/${name}?${parameters(query)}`);
  return {
    health: (query) => get("health", query),
    stat: (query) => get("stat", query),
    series: (query) => get("series", query),
    ledger: (query) => get("ledger", query),
    why: (query) => get("why", query),
    objectives: (query) => get("objectives", query),
    incidents: (query) => get("incidents", query),
    incident: (id) => get(`incidents/${encodeURIComponent(id)}`),
    // of a million requests it takes a second or two
    journeys: (query) => getJson(peer, `/api/v1/journeys?${parameters(query)}`, { withinMs: 60_000 }),
    funnel: (query) => getJson(peer, `/api/v1/funnel?${parameters(query)}`, { withinMs: 60_000 }),
    funnelWhy: (query) => getJson(peer, `/api/v1/funnel/why?${parameters(query)}`, { withinMs: 60_000 }),
    privacy: () => get("privacy"),
    edges: (query) => get("edges", query),
    routes: (query) => get("routes", query),
    tap: (query) => get("tap", query),
    async *follow(query, signal) {
      const path = `/api/v1/tap?${parameters({ ...query, follow: "1" })}`;
      // A quiet project has no first line to send a head with.
      const response = await call(peer, path, { signal, withinMs: Number.POSITIVE_INFINITY });
      yield* readNdjson<TapRow>(response.body, "observatory_silent");
    },
    traces: (query) => get("traces", query),
    trace: (id) => get(`traces/${encodeURIComponent(id)}`),
    logs: (query) => get("logs", query),
    changes: (query) => get("changes", query),
    // it may take ten seconds, and the copy of the store some
    backup: () => call(peer, "/api/v1/backup", { withinMs: 60_000 }),
    sql: (query) => getJson(peer, `/api/v1/sql?${parameters(query)}`, { withinMs: 60_000 }),
    workloads: () => get("workloads"),
    processes: () => get("processes"),
  };
}

/** The observatory of a running project; it may be down for a moment while the project runs on. */
export function observatoryOf(state: HostState, clock: Clock): ObservatoryClient {
  if (!state.apiUrl) throw new MeshError("observatory_silent", `project ${state.project}`);
  return observatoryClient(state.apiUrl, clock);
}

function parameters(query: Query): URLSearchParams {
  const given = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(given);
}

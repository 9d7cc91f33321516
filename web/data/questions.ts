// The questions that the page asks: paths of the API, without its prefix. What a panel shows, its JSON link and its command
// (commands.ts) are said by the same view.
import { type Call, type Focus, type Range, rangeSeconds, type View, windowOf } from "./view.ts";

export const API = "/api/v1";
const WHY_SECONDS = 900;
const JOURNEYS_SECONDS = 3600;

export function healthQuestion(view: View): string {
  return question("/health", windowOf(view.range));
}

export function mapQuestion(view: View): string {
  const { focus, expand } = view;
  return question("/map", {
    ...windowOf(view.range),
    ...(focus && { focus: focus.service, up: String(focus.up), down: String(focus.down) }),
    ...(expand && { expand: expand.join(",") }),
  });
}

export function seriesQuestion(view: View, of: { readonly service: string } | Partial<Call>): string {
  return question("/series", { ...of, ...windowOf(view.range) });
}

export function routesQuestion(view: View, service: string): string {
  return question("/routes", { service, ...windowOf(view.range) });
}

/** Requests name services without their namespace. */
export function ledgerQuestion(view: View, service: string, route?: string): string {
  const name = service.slice(service.indexOf("/") + 1);
  return question("/ledger", { service: name, ...(route !== undefined && { route }), ...windowOf(view.range) });
}

export function changesQuestion(view: View, service: string): string {
  return question("/changes", { service, ...windowOf(view.range) });
}

/** A window should begin before the trouble did: what is live is looked at for a quarter of an hour at least. */
export function whyRange(range: Range): Range {
  return range.kind === "live" && rangeSeconds(range) < WHY_SECONDS ? { ...range, since: "15m" } : range;
}

export function whyQuestion(view: View): string {
  const { service, metric, range, filters } = view;
  const { source, route } = filters;
  return question("/why", {
    ...(service !== undefined && { service }),
    ...(source !== undefined && { source }),
    ...(route !== undefined && { route }),
    ...(metric !== undefined && { metric }),
    ...windowOf(whyRange(range)),
  });
}

/** Visitors take their time: what is live is looked at for an hour at least. */
export function journeysRange(range: Range): Range {
  return range.kind === "live" && rangeSeconds(range) < JOURNEYS_SECONDS ? { ...range, since: "1h" } : range;
}

export function journeysQuestion({ range }: View): string {
  return question("/journeys", windowOf(journeysRange(range)));
}

export function funnelQuestion(view: View): string {
  return question("/funnel", { ...funnelOf(view), ...(view.by !== undefined && { by: view.by }) });
}

export function lossQuestion(view: View): string {
  return question("/funnel/why", { ...funnelOf(view), ...(view.step !== undefined && { step: String(view.step) }) });
}

function funnelOf({ range, funnel }: View): Record<string, string> {
  return {
    ...(funnel !== undefined && (funnel.includes(" > ") ? { steps: funnel } : { name: funnel })),
    ...windowOf(journeysRange(range)),
  };
}

export function edgesQuestion(view: View, service?: string): string {
  return question("/edges", { ...(service !== undefined && { service }), ...windowOf(view.range) });
}

/** What leads to a service and what it leads to, over so many hops. */
export function aroundQuestion(range: Range, { service, up, down }: Focus): string {
  return question("/edges", { service, up: String(up), down: String(down), ...windowOf(range) });
}

export function resourcesQuestion(view: View, service: string): string {
  return question("/resources", { service, ...windowOf(view.range) });
}

/** All services, also those that the map folds or leaves out; or one. */
export function servicesQuestion(view: View, service?: string): string {
  return question("/stat", { ...(service !== undefined && { service }), ...windowOf(view.range) });
}

/** Live: without a window, for then the stream brings what comes. */
export function requestsQuestion(view: View, most: number): string {
  const { range, service, call, filters } = view;
  return question("/tap", {
    ...(service !== undefined && { service }),
    ...call,
    ...filters,
    ...(range.kind === "still" && { ...windowOf(range), limit: String(most) }),
  });
}

export type TraceChoice = "slow" | "failed" | "newest";

const MOST_EXAMPLES = "8";

export function tracesQuestion(view: View, service: string, choice: TraceChoice): string {
  return question("/traces", {
    ...{ of: service, ...windowOf(view.range), limit: MOST_EXAMPLES },
    ...(choice !== "newest" && { [choice]: "1" }),
  });
}

export function traceQuestion(id: string): string {
  return `/traces/${encodeURIComponent(id)}`;
}

export function objectivesQuestion(service: string | undefined): string {
  return question("/objectives", service === undefined ? {} : { service });
}

export function incidentsQuestion(service: string | undefined): string {
  return question("/incidents", service === undefined ? {} : { service });
}

export function incidentQuestion(id: string): string {
  return `/incidents/${encodeURIComponent(id)}`;
}

export const WORKLOADS = "/workloads";
export const PROCESSES = "/processes";

function question(path: string, parameters: Readonly<Record<string, string>>): string {
  const text = new URLSearchParams(parameters).toString();
  return text ? `${path}?${text}` : path;
}

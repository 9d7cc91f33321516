// What the page shows, as its address says it: the same address gives the same view. Pure: text in, value out, and back.

/** The last so much until now, or a time that is over. Pausing turns the one into the other. */
export type Range =
  | { readonly kind: "live"; readonly since: Since }
  | { readonly kind: "still"; readonly from: string; readonly to: string };

export const SINCE = ["1m", "5m", "15m", "1h", "6h", "24h"] as const;
export type Since = (typeof SINCE)[number];
const DEFAULT_SINCE: Since = "5m";

const SECONDS: Readonly<Record<Since, number>> = {
  "1m": 60,
  "5m": 300,
  "15m": 900,
  "1h": 3600,
  "6h": 21_600,
  "24h": 86_400,
};

/** Filters of single requests, by the names that the API has for them. */
export const FILTERS = ["source", "destination", "method", "path", "route", "status", "error", "min-duration"] as const;
export type FilterName = (typeof FILTERS)[number];
export type Filters = Readonly<Partial<Record<FilterName, string>>>;

export type Focus = { readonly service: string; readonly up: number; readonly down: number };
export type Call = { readonly source: string; readonly destination: string };

/** What is asked why, by the names that the API has for it. */
export const METRICS = ["latency", "errors", "throughput"] as const;
export type Metric = (typeof METRICS)[number];

export type View = {
  readonly range: Range;
  readonly service?: string;
  /** absent: the worse of latency and errors */
  readonly metric?: Metric;
  readonly call?: Call;
  readonly focus?: Focus;
  /** namespaces to unfold; absent: the observatory decides */
  readonly expand?: readonly string[];
  readonly as?: "map" | "table";
  /** steps with ` > ` between, or the name of a declared journey; absent: the observatory's choice */
  readonly funnel?: string;
  /** after which visitors are lost, from 1; absent: as the answer chooses */
  readonly step?: number;
  /** what a funnel is split by */
  readonly by?: string;
  readonly filters: Filters;
};

/** A view with some things changed; `undefined` takes a thing away. */
export type ViewChange = { readonly [K in keyof View]?: View[K] | undefined };

export const MOST_HOPS = 5;

export function readView(search: string): View {
  const parameters = new URLSearchParams(search);
  const service = parameters.get("service");
  const call = readCall(parameters.get("call"));
  const focus = readFocus(parameters);
  const expand = parameters.get("expand");
  const as = parameters.get("as");
  const funnel = parameters.get("funnel");
  const step = Math.floor(Number(parameters.get("step")));
  const by = parameters.get("by");
  const metric = METRICS.find((one) => one === parameters.get("metric"));
  return {
    range: readRange(parameters),
    ...(service && { service }),
    ...(metric && { metric }),
    ...(call && { call }),
    ...(focus && { focus }),
    ...(expand !== null && { expand: expand.split(",").filter(Boolean) }),
    ...(funnel && { funnel }),
    ...(step >= 1 && { step }),
    ...(by && { by }),
    ...((as === "map" || as === "table") && { as }),
    filters: readFilters(parameters),
  };
}

export function writeView(view: View): string {
  const parameters = new URLSearchParams(windowOf(view.range));
  if (view.service) parameters.set("service", view.service);
  if (view.metric) parameters.set("metric", view.metric);
  if (view.call) parameters.set("call", `${view.call.source}..${view.call.destination}`);
  if (view.focus) {
    parameters.set("focus", view.focus.service);
    parameters.set("up", String(view.focus.up));
    parameters.set("down", String(view.focus.down));
  }
  if (view.expand) parameters.set("expand", view.expand.join(","));
  if (view.as) parameters.set("as", view.as);
  if (view.funnel) parameters.set("funnel", view.funnel);
  if (view.step) parameters.set("step", String(view.step));
  if (view.by) parameters.set("by", view.by);
  for (const name of FILTERS) {
    const value = view.filters[name];
    if (value) parameters.set(name, value);
  }
  return parameters.toString().replaceAll("%3A", ":").replaceAll("%2F", "/").replaceAll("%2C", ",");
}

export function changed(view: View, change: ViewChange): View {
  return Object.fromEntries(Object.entries({ ...view, ...change }).filter(([, value]) => value !== undefined)) as View;
}

/** What the range is called in a question to the API. */
export function windowOf(range: Range): Record<string, string> {
  return range.kind === "live" ? { since: range.since } : { from: range.from, to: range.to };
}

/** The present range, held still at `nowMs`. */
export function paused(range: Range, nowMs: number): Range {
  if (range.kind === "still") return range;
  const from = new Date(nowMs - SECONDS[range.since] * 1000).toISOString();
  return { kind: "still", from, to: new Date(nowMs).toISOString() };
}

/** Live again, with the length that the still range had, or the next that is offered. */
export function resumed(range: Range): Range {
  if (range.kind === "live") return range;
  const seconds = rangeSeconds(range);
  return { kind: "live", since: SINCE.find((since) => SECONDS[since] >= seconds - 1) ?? "24h" };
}

/** so short a time holds too few samples to ask about, s */
const LEAST_SECONDS = 30;

/** What was dragged over a chart, s since the epoch; a shorter time is widened about its middle. */
export function dragged(from: number, to: number): Range {
  const more = Math.max(0, LEAST_SECONDS - (to - from)) / 2;
  const iso = (seconds: number) => new Date(Math.round(seconds) * 1000).toISOString();
  return { kind: "still", from: iso(from - more), to: iso(to + more) };
}

export function rangeSeconds(range: Range): number {
  return range.kind === "live" ? SECONDS[range.since] : (Date.parse(range.to) - Date.parse(range.from)) / 1000;
}

function readRange(parameters: URLSearchParams): Range {
  const from = readTime(parameters.get("from"));
  const to = readTime(parameters.get("to"));
  if (from && to && from < to) return { kind: "still", from, to };
  const since = SINCE.find((known) => known === parameters.get("since"));
  return { kind: "live", since: since ?? DEFAULT_SINCE };
}

function readTime(text: string | null): string | undefined {
  const ms = Date.parse(text ?? "");
  return Number.isNaN(ms) ? undefined : new Date(ms).toISOString();
}

function readCall(text: string | null): Call | undefined {
  const [source, destination, more] = (text ?? "").split("..");
  return source && destination && more === undefined ? { source, destination } : undefined;
}

function readFocus(parameters: URLSearchParams): Focus | undefined {
  const service = parameters.get("focus");
  if (!service) return undefined;
  return { service, up: readHops(parameters.get("up")), down: readHops(parameters.get("down")) };
}

function readHops(text: string | null): number {
  const hops = text === null ? 1 : Number(text);
  return Number.isInteger(hops) ? Math.min(Math.max(hops, 0), MOST_HOPS) : 1;
}

function readFilters(parameters: URLSearchParams): Filters {
  const pairs = FILTERS.flatMap((name) => {
    const value = parameters.get(name);
    return value ? [[name, value]] : [];
  });
  return Object.fromEntries(pairs);
}

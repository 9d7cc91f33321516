// The command that shows in a terminal what a panel shows.
import { journeysRange, whyRange } from "./questions.ts";
import { type Call, type FilterName, type Range, rangeSeconds, type View } from "./view.ts";

const STEP_S = 10;
const MOST_STEPS = 180;

export function healthCommand(project: string): string {
  return meshwise(project, "health");
}

export function mapCommand(project: string, { focus, range }: View): string {
  if (!focus) return meshwise(project, "edges", ...window(range));
  const hops = ["--up", String(focus.up), "--down", String(focus.down)];
  return meshwise(project, "edges", focus.service, ...hops, ...window(range));
}

export function seriesCommand(project: string, range: Range, service: string): string {
  return meshwise(project, "stat", service, "--step", step(range), ...window(range));
}

export function routesCommand(project: string, range: Range, service: string): string {
  return meshwise(project, "routes", service, ...window(range));
}

export function ledgerCommand(project: string, range: Range, service: string, route?: string): string {
  const name = service.slice(service.indexOf("/") + 1);
  return meshwise(project, "ledger", name, ...(route === undefined ? [] : ["--route", route]), ...window(range));
}

export function changesCommand(project: string, range: Range, service: string): string {
  return meshwise(project, "changes", service, ...window(range));
}

export function whyCommand(project: string, { range, service, metric, filters: { source, route } }: View): string {
  const options = metric === undefined ? [] : ["--metric", metric];
  const what = [source, service, route].filter((word) => word !== undefined);
  return meshwise(project, "why", ...what, ...options, ...window(whyRange(range)));
}

export function journeysCommand(project: string, { range }: View): string {
  return meshwise(project, "journeys", ...window(journeysRange(range)));
}

export function funnelCommand(project: string, { range, funnel, by }: View): string {
  const options = by === undefined ? [] : ["--by", by];
  return meshwise(project, "funnel", ...(funnel ? [funnel] : []), ...options, ...window(journeysRange(range)));
}

export function lossCommand(project: string, { range, funnel, step }: View): string {
  const options = step === undefined ? [] : ["--step", String(step)];
  return meshwise(project, "funnel", "why", ...(funnel ? [funnel] : []), ...options, ...window(journeysRange(range)));
}

export function edgesCommand(project: string, range: Range, service: string): string {
  return meshwise(project, "edges", service, ...window(range));
}

export function callCommand(project: string, range: Range, { source, destination }: Call): string {
  return requestsCommand(project, { range, filters: { source, destination } });
}

export function workloadsCommand(project: string): string {
  return meshwise(project, "ps", "-o", "wide");
}

const FILTER_OPTIONS: Readonly<Record<FilterName, string>> = {
  source: "--source",
  destination: "--destination",
  method: "--method",
  path: "--path",
  route: "--route",
  status: "--status",
  error: "--error",
  "min-duration": "--slower-than",
};

export function requestsCommand(project: string, { range, service, call, filters }: View): string {
  const options = Object.entries({ ...call, ...filters }).flatMap(([name, value]) => [
    FILTER_OPTIONS[name as FilterName],
    value,
  ]);
  const when = range.kind === "live" ? ["-f"] : window(range);
  return meshwise(project, "tap", ...when, ...(service === undefined ? [] : [service]), ...options);
}

export function tracesCommand(project: string, range: Range, service: string, choice: string): string {
  const options = choice === "newest" ? [] : [`--${choice}`];
  return meshwise(project, "trace", "--of", service, ...options, ...window(range));
}

export function traceCommand(project: string, id: string): string {
  return meshwise(project, "trace", id);
}

export function objectivesCommand(project: string, service: string | undefined): string {
  return meshwise(project, "objectives", ...(service === undefined ? [] : [service]));
}

export function incidentsCommand(project: string, service: string | undefined): string {
  return meshwise(project, "incidents", ...(service === undefined ? [] : ["--service", service]));
}

export function incidentCommand(project: string, id: string): string {
  return meshwise(project, "incidents", id);
}

export function meshwise(project: string | undefined, ...words: readonly string[]): string {
  return ["meshwise", ...(project ? ["-p", project] : []), ...words].map(quoted).join(" ");
}

function window(range: Range): string[] {
  return range.kind === "live" ? ["--since", range.since] : ["--from", range.from, "--to", range.to];
}

/** As coarse as the charts are. */
function step(range: Range): string {
  const seconds = Math.max(STEP_S, Math.ceil(rangeSeconds(range) / MOST_STEPS / STEP_S) * STEP_S);
  return seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

// One trace as a tree of calls, each with a bar of when it ran: what the trace waited for is drawn full, the rest thin. Below a
// call stands what an instrumented service says of its own work for it.
import type { AppSpan, TraceAnswer, TraceSpan } from "../../api/types.ts";
import { type Tone, tint } from "./colour.ts";
import { asked } from "./exchange.ts";
import { dateTime, latency, percent } from "./format.ts";
import { type Column, type TableStyle, table } from "./table.ts";
import { printable } from "./width.ts";

const BAR_CELLS = 24;

export function traceLines(trace: TraceAnswer, style: TableStyle): string[] {
  return [...headLines(trace, style), "", ...table(columns(trace), linesOf(trace), style), "", ...footLines(trace)];
}

function headLines(
  { traceId, time, durationUs, spans, services, failures, confidence }: TraceAnswer,
  style: TableStyle,
) {
  const facts = [
    `${count(spans.length, "call")} to ${count(services.length, "service")}`,
    ...(failures > 0 ? [tint(`${failures} failed`, "bad", style.colour)] : []),
    ...(spans.some(({ link }) => link === "inferred") ? [`the weakest link is ${sure(confidence)} sure`] : []),
  ];
  return [`trace ${traceId}`, `${dateTime(time)}, ${latency(durationUs / 1000)}: ${facts.join(", ")}`];
}

/** The three that the trace waited for the longest, and what is missing. */
function footLines({ spans, criticalPath, missing }: TraceAnswer): string[] {
  const waitedUs = criticalPath.reduce((sum, { fromUs, toUs }) => sum + toUs - fromUs, 0);
  const longest = spans
    .toSorted((a, b) => b.criticalUs - a.criticalUs)
    .slice(0, 3)
    .filter(({ criticalUs }) => criticalUs > 0.05 * waitedUs)
    .map((span) => `${printable(span.destination)} ${latency(span.criticalUs / 1000)}`);
  return [
    ...(longest.length > 0 ? [`waited for: ${longest.join(", ")} of ${latency(waitedUs / 1000)}`] : []),
    ...missing.map((what) => `note: ${what}`),
  ];
}

type Line = { readonly call?: TraceSpan; readonly own?: AppSpan };

/** The services' own come below their call, those of no known call at the end. */
function linesOf({ spans, appSpans }: TraceAnswer): Line[] {
  const byCall = Map.groupBy(appSpans, ({ call }) => call);
  const ownOf = (call: string | undefined) => (byCall.get(call) ?? []).map((own) => ({ own }));
  return [...spans.flatMap((call) => [{ call }, ...ownOf(call.spanId)]), ...ownOf(undefined)];
}

function columns(trace: TraceAnswer): Column<Line>[] {
  const { branches, below } = branchesOf(trace.spans);
  const ofCall = (cell: (span: TraceSpan) => ReturnType<Column<Line>["cell"]>): Column<Line>["cell"] => {
    return ({ call }) => (call ? cell(call) : "");
  };
  const nameOf = ({ call, own }: Line) => {
    if (call) return `${branches.get(call) ?? ""}${callOf(call)}`;
    return own ? `${below.get(own.call ?? "") ?? ""}${"  ".repeat(own.depth)}· ${printable(ownName(own))}` : "";
  };
  const stateOf = ({ call, own }: Line) => {
    if (call) return { text: statusOf(call), tone: hasFailed(call) ? ("bad" as const) : undefined };
    const isError = own?.status === "error";
    return { text: isError ? printable(own.message) || "error" : "", tone: isError ? ("bad" as const) : undefined };
  };
  return [
    { title: "CALL", cell: nameOf },
    { title: "STATUS", cell: stateOf },
    { title: "TIME", align: "right", cell: ({ call, own }) => latency(((call ?? own)?.durationUs ?? 0) / 1000) },
    { title: "SELF", align: "right", cell: ofCall(({ selfUs }) => latency(selfUs / 1000)) },
    { title: "SURE", align: "right", cell: ofCall(linkCell) },
    { title: "WHEN", cell: ({ call, own }) => bar((call ?? own) as TraceSpan | AppSpan, trace) },
    { title: "PHASES", wide: true, cell: ofCall(({ phases }) => phasesOf(phases)) },
    { title: "SPAN", wide: true, cell: ({ call, own }) => (call ?? own)?.spanId ?? "" },
  ];
}

function ownName({ service, name }: AppSpan): string {
  return `${service}: ${name}`;
}

function callOf(span: TraceSpan): string {
  const from = span.depth === 0 ? `${span.sourceWorkload || span.source} → ` : "";
  const to = span.destinationWorkload || span.destination;
  return printable(`${from}${to} ${asked(span)}`);
}

function statusOf({ status, error }: TraceSpan): string {
  return [status > 0 ? String(status) : "", error].filter(Boolean).join(" ");
}

function hasFailed({ status, error }: TraceSpan): boolean {
  return status >= 500 || error !== undefined;
}

function linkCell({ link, confidence }: TraceSpan): { text: string; tone?: Tone } {
  if (link === "root") return { text: "" };
  if (link === "sent") return { text: "sent" };
  if (link === "unknown") return { text: "?", tone: "warning" };
  return { text: sure(confidence), tone: confidence < 0.8 ? "warning" : "quiet" };
}

/** Rounded down: what is not certain is not 100 %. */
function sure(confidence: number): string {
  return percent(confidence).replace(/\.\d+%$/, "%");
}

/** The lines of the tree in front of each, parents first; and, by span id, what stands in front of what is below it. */
function branchesOf(spans: readonly TraceSpan[]) {
  const last = new Map<string, TraceSpan>();
  for (const span of spans) if (span.parent !== undefined) last.set(span.parent, span);
  const branches = new Map<TraceSpan, string>();
  const below = new Map<string, string>();
  for (const span of spans) {
    if (span.parent === undefined) {
      below.set(span.spanId, "");
      continue;
    }
    const indent = below.get(span.parent) ?? "";
    const isLast = last.get(span.parent) === span;
    branches.set(span, `${indent}${isLast ? "└ " : "├ "}`);
    below.set(span.spanId, `${indent}${isLast ? "  " : "│ "}`);
  }
  return { branches, below };
}

function bar(
  { spanId, offsetUs, durationUs }: TraceSpan | AppSpan,
  { criticalPath, durationUs: wholeUs }: TraceAnswer,
): string {
  const cellUs = Math.max(1, wholeUs) / BAR_CELLS;
  const own = criticalPath.filter((segment) => segment.spanId === spanId);
  const first = Math.max(0, Math.min(BAR_CELLS - 1, Math.floor(offsetUs / cellUs)));
  const last = Math.max(first, Math.min(BAR_CELLS - 1, Math.ceil((offsetUs + durationUs) / cellUs) - 1));
  return Array.from({ length: last + 1 }, (_, cell) => {
    if (cell < first) return " ";
    const waited = own.reduce((sum, { fromUs, toUs }) => {
      return sum + Math.max(0, Math.min(toUs, (cell + 1) * cellUs) - Math.max(fromUs, cell * cellUs));
    }, 0);
    return waited > cellUs / 2 ? "█" : "─";
  }).join("");
}

function phasesOf(phases: TraceSpan["phases"]): string {
  return Object.entries(phases)
    .map(([phase, us]) => `${phase} ${latency(us / 1000)}`)
    .join(", ");
}

function count(of: number, what: string): string {
  return `${of} ${what}${of === 1 ? "" : "s"}`;
}

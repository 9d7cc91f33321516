// What workloads print and applications send, and how that comes in and goes out.
import type { SeenLog } from "../../observatory/logs/logs.ts";
import type { FoundTrace } from "../../observatory/query/traces.ts";
import { envelope, isoMicros } from "../answer.ts";
import { countParameter, givenWindow, parameter, service, windowFields, windowOf } from "../parameters.ts";
import { question } from "../question.ts";
import { answerOf } from "../schema/common.ts";
import { logRow, metricRow, otlpRow } from "../schema/said.ts";
import type { LogRow, MetricRow, OtlpRow } from "../types.ts";

const DEFAULT_ROWS = 200;
const MOST_ROWS = 5_000;

export const logs = question({
  path: "/logs",
  summary: "What workloads print and what applications send by OTLP, oldest first; secrets are masked",
  parameters: {
    ...windowFields,
    service: service("only of this one"),
    trace: parameter(
      "what was sent with this trace, and what its services printed meanwhile, which may be of other requests too",
      "4bf92f35",
      (text) => text,
    ),
    contains: parameter("only lines with this text in them", "timeout", (text) => text),
    limit: countParameter("limit", "the newest so many; 200 when not given", { least: 1, most: MOST_ROWS }),
  },
  answer: answerOf(logRow),
  async ask({ clock, observatory }, { service, contains, limit, trace: id, ...given }) {
    const trace = id === undefined ? undefined : traceOf(await observatory.queries.trace(id));
    const window = givenWindow(given, clock.nowUs()) ?? trace?.window ?? windowOf(given, clock.nowUs());
    const query = { ...window, service, contains, trace, limit: limit ?? DEFAULT_ROWS };
    const { logs, isCut } = await observatory.logs(query);
    const missing = isCut ? ["older lines of the window were not looked through: there are too many"] : [];
    return {
      ...envelope({ asOfUs: window.toUs, window, coverage: { spans: 1, missing } }),
      rows: logs.map(rowOf),
    };
  },
});

/** what is said of a request may come a little later */
const AROUND_US = 1e6;

function traceOf({ traceId, rows }: FoundTrace) {
  const fromUs = rows.reduce((first, { startUs }) => Math.min(first, startUs), Number.POSITIVE_INFINITY);
  const toUs = rows.reduce((last, { startUs, durationUs }) => Math.max(last, startUs + durationUs), 0);
  return {
    id: traceId,
    calls: rows.map(({ spanId }) => spanId),
    services: new Set(rows.flatMap(({ source, destination }) => [source, destination])),
    window: { fromUs: fromUs - AROUND_US, toUs: toUs + AROUND_US },
  };
}

function rowOf({ timeUs, ...rest }: SeenLog): LogRow {
  return { time: isoMicros(timeUs), ...rest };
}

export const appMetrics = question({
  path: "/app-metrics",
  summary: "Metrics that applications send by OTLP: a value for each 10 seconds",
  parameters: {
    ...windowFields,
    service: service("only of this one"),
    name: parameter("only of this name", "queue.length", (text) => text),
  },
  answer: answerOf(metricRow),
  ask({ clock, observatory }, { service, name, ...given }) {
    const window = windowOf(given, clock.nowUs());
    const series = observatory.apps.series({
      fromUs: window.fromUs,
      ...(service !== undefined && { service }),
      ...(name !== undefined && { name }),
    });
    const rows = series.map(({ instance, points, ...of }): MetricRow => {
      const within = points.filter(({ startUs }) => startUs < window.toUs);
      return {
        ...of,
        workload: instance,
        points: within.map(({ startUs, value }) => ({ time: isoMicros(startUs), value })),
      };
    });
    return { ...envelope({ asOfUs: window.toUs, window, coverage: { spans: 1, missing: [] } }), rows };
  },
});

export const otlp = question({
  path: "/otlp",
  summary: "Telemetry that comes in by OTLP and goes out: how much, what was refused or lost, what fails now",
  parameters: {},
  answer: answerOf(otlpRow),
  ask({ clock, observatory }) {
    const { counts } = observatory.apps;
    const incoming = (["spans", "points", "logs"] as const).map(
      (of): OtlpRow => ({
        direction: "in",
        signal: of === "spans" ? "traces" : of === "points" ? "metrics" : "logs",
        done: counts[of].taken,
        refused: counts[of].refused,
        lost: 0,
        deferred: counts[of].busy,
        waiting: 0,
      }),
    );
    const outgoing = (observatory.out?.reports() ?? []).map(
      ({ signal, counts, waiting, trouble }): OtlpRow => ({
        direction: "out",
        signal,
        done: counts.sent,
        refused: counts.dropped.refused,
        lost: counts.dropped.full + counts.dropped.ended,
        deferred: 0,
        waiting,
        ...(trouble !== undefined && { trouble }),
      }),
    );
    const nowUs = clock.nowUs();
    const window = { fromUs: nowUs, toUs: nowUs };
    const rows = [...incoming, ...outgoing];
    return { ...envelope({ asOfUs: nowUs, window, coverage: { spans: 1, missing: [] } }), rows };
  },
});

// What applications themselves say, by OTLP: their spans, metrics and log records. Taken, bounded, kept, found again.
import type { Clock } from "../../base/clock.ts";
import type { Logs } from "../../protocol/otlp/log-messages.ts";
import type { Metrics } from "../../protocol/otlp/metric-messages.ts";
import type { Traces } from "../../protocol/otlp/trace-messages.ts";
import { isNamed } from "../query/named.ts";
import type { AppRows, Store } from "../store/store.ts";
import { type AppLog, isOfTrace, type LogFilter, readAppLogs } from "./logs.ts";
import { type AppMetrics, appMetrics } from "./metrics.ts";
import type { Refused } from "./resource.ts";
import { type AppSpan, readAppSpans } from "./spans.ts";

/** What became of a request: taken but for what is refused, or `busy`: ask again in so many seconds. */
export type Taken = Refused | { readonly busyS: number };

export type AppCounts = Readonly<Record<"spans" | "points" | "logs", { taken: number; refused: number; busy: number }>>;

export type Apps = {
  traces(traces: Traces): Taken;
  metrics(metrics: Metrics): Taken;
  logs(logs: Logs): Taken;
  readonly series: AppMetrics["find"];
  /** Of one trace, in the order of their start; at most MOST_FOUND. A service that was called before it was known whose call
   *  that was has been told another trace's id: what it says is found by the call.
   *  @param traceId 32 hex digits @param calls span ids of calls in the trace */
  appSpansOf(traceId: string, calls?: readonly string[]): Promise<AppSpan[]>;
  /** the newest first */
  appLogs(filter: LogFilter): Promise<AppLog[]>;
  /** since the process began */
  readonly counts: AppCounts;
  /** writes what waits */
  settle(): Promise<void>;
};

/** what may wait for the store: some 20 MB at most of each */
const MOST_WAITING = 10_000;
const WRITE_EVERY_MS = 1_000;
const BUSY_S = 2;
const MOST_FOUND = 2_000;

export function apps({ clock, store }: { readonly clock: Clock; readonly store: Pick<Store, "apps"> }): Apps {
  const metrics = appMetrics();
  const counts = { spans: none(), points: none(), logs: none() };
  let spans: AppSpan[] = [];
  let logs: AppLog[] = [];
  /** what is being written is found until it is */
  let writing: AppRows = { spans: [], logs: [] };
  let isArmed = false;

  const write = async () => {
    if (spans.length + logs.length === 0) return;
    const rows = { spans, logs };
    writing = rows;
    spans = [];
    logs = [];
    const isWritten = await store.apps.write(rows, () => {
      writing = { spans: [], logs: [] };
    });
    // no store now: what waits is bounded, and who sends more is told to wait
    if (!isWritten) {
      writing = { spans: [], logs: [] };
      spans = [...rows.spans, ...spans];
      logs = [...rows.logs, ...logs];
    }
  };

  const arm = () => {
    if (isArmed) return;
    isArmed = true;
    clock.after(WRITE_EVERY_MS, async () => {
      await write();
      isArmed = false;
      if (spans.length + logs.length > 0) arm();
    });
  };

  const take = <Row>(
    of: keyof AppCounts,
    waiting: number,
    read: { rows: readonly Row[]; refused: Refused },
    keep: (rows: readonly Row[]) => void,
  ): Taken => {
    const { rows, refused } = read;
    if (waiting > 0 && waiting + rows.length > MOST_WAITING) {
      counts[of].busy += rows.length;
      return { busyS: BUSY_S };
    }
    const kept = rows.slice(0, MOST_WAITING);
    const tooMany = rows.length - kept.length;
    counts[of].taken += kept.length;
    counts[of].refused += refused.count + tooMany;
    keep(kept);
    arm();
    if (tooMany === 0) return refused;
    const reasons = new Set([...refused.reasons, `at most ${MOST_WAITING} in a request`]);
    return { count: refused.count + tooMany, reasons };
  };

  return {
    traces(traces) {
      const { spans: rows, refused } = readAppSpans(traces, clock.nowUs());
      return take("spans", spans.length + writing.spans.length, { rows, refused }, (kept) => {
        spans = [...spans, ...kept];
      });
    },
    logs(told) {
      const { logs: rows, refused } = readAppLogs(told, clock.nowUs());
      return take("logs", logs.length + writing.logs.length, { rows, refused }, (kept) => {
        logs = [...logs, ...kept];
      });
    },
    metrics(told) {
      const { taken, refused } = metrics.take(told, clock.nowUs());
      counts.points.taken += taken;
      counts.points.refused += refused.count;
      return refused;
    },
    series: metrics.find,
    async appSpansOf(traceId, calls = []) {
      const unwritten = () => [...writing.spans, ...spans];
      const isBelow = new Set(calls);
      const begun = await store.apps.spans("parent", calls, MOST_FOUND, () =>
        unwritten().filter(({ parentId }) => isBelow.has(parentId)),
      );
      const ids = new Set([traceId, ...begun.map((span) => span.traceId)]);
      const found = await store.apps.spans("trace", [...ids], MOST_FOUND, () =>
        unwritten().filter((span) => ids.has(span.traceId)),
      );
      return found.sort((a, b) => a.startUs - b.startUs).slice(0, MOST_FOUND);
    },
    async appLogs(filter) {
      const { fromUs, toUs, service, trace, limit } = filter;
      const isAsked = (log: AppLog) =>
        log.timeUs >= fromUs &&
        log.timeUs < toUs &&
        isNamed(service, log.service, log.namespace) &&
        (trace === undefined || isOfTrace(log.traceId, trace));
      const found = await store.apps.logs(filter, () => [...writing.logs, ...logs].filter(isAsked));
      return found.sort((a, b) => b.timeUs - a.timeUs).slice(0, limit);
    },
    counts,
    settle: write,
  };
}

function none() {
  return { taken: 0, refused: 0, busy: 0 };
}

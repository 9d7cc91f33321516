// Sends what the observatory knows to a collector by OTLP: each exchange once it is stitched, figures and log lines in steps.
import type { Clock } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import { LOGS } from "../../protocol/otlp/log-messages.ts";
import { METRICS } from "../../protocol/otlp/metric-messages.ts";
import { TRACES } from "../../protocol/otlp/trace-messages.ts";
import { encode } from "../../protocol/protobuf/encode.ts";
import type { Arrival } from "../ingest/arrival.ts";
import type { Histograms } from "../live/histogram.ts";
import { logTail, type NewLine } from "../logs/tail.ts";
import type { Names } from "../names.ts";
import { arrivedExchange } from "../query/exchange.ts";
import { logsOf } from "./logs.ts";
import { metricsOf } from "./metrics.ts";
import { type Outbox, outbox } from "./outbox.ts";
import { senderOf } from "./send.ts";
import type { OutSettings, SignalName } from "./settings.ts";
import { type BothSides, tracesOf } from "./spans.ts";

export type OutReport = {
  readonly signal: SignalName;
  readonly counts: Outbox["counts"];
  readonly waiting: number;
  readonly trouble: string | undefined;
};

export type Exporter = {
  /** of an arrival that is whole: its rows know their trace and parent */
  add(arrival: Arrival): void;
  reports(): readonly OutReport[];
  /** what waits is sent if that goes fast */
  close(): Promise<void>;
};

export type ExporterDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly names: Names;
  readonly histograms: Histograms;
  readonly project: () => string;
  /** the folder of the workloads' logs */
  readonly logs: string;
};

const MOST_EXCHANGES = 500;
const MOST_LINES = 1_000;
const METRICS_EVERY_MS = 15_000;
const LOGS_EVERY_MS = 1_000;
const CLOSE_WITHIN_MS = 1_000;

export function exporter(deps: ExporterDeps, settings: OutSettings): Exporter {
  const { clock, random, names } = deps;
  const sinceUs = clock.nowUs();
  const sender = senderOf(settings, clock);
  const boxes = new Map(
    settings.signals.map((signal) => [signal, outbox({ clock, random, send: (bytes) => sender.send(signal, bytes) })]),
  );

  const sendMetrics = () => {
    const { metrics, points } = metricsOf(deps.histograms.all(), { sinceUs, nowUs: clock.nowUs() });
    boxes.get("metrics")?.push(points, () => encode(METRICS, metrics));
  };

  const tail = boxes.has("logs") ? logTail(deps.logs) : undefined;
  const sendLogs = () => {
    const lines: NewLine[] = [];
    tail?.look((line) => lines.push(line));
    for (let from = 0; from < lines.length; from += MOST_LINES) {
      const some = lines.slice(from, from + MOST_LINES);
      boxes.get("logs")?.push(some.length, () => encode(LOGS, logsOf(some, deps.project())));
    }
  };
  sendLogs(); // finds the ends

  const timers = [
    ...(boxes.has("metrics") ? [clock.every(METRICS_EVERY_MS, sendMetrics)] : []),
    ...(tail ? [clock.every(LOGS_EVERY_MS, sendLogs)] : []),
  ];

  return {
    add(arrival) {
      const box = boxes.get("traces");
      if (!box) return;
      for (let from = 0; from < arrival.rows; from += MOST_EXCHANGES) {
        const { traces, spans } = tracesOf(rowsOf(arrival, from, names));
        box.push(spans, () => encode(TRACES, traces));
      }
    },
    reports: () =>
      [...boxes].map(([signal, box]) => ({
        signal,
        counts: box.counts,
        waiting: box.waiting(),
        trouble: box.trouble(),
      })),
    async close() {
      for (const timer of timers) timer.cancel();
      if (boxes.has("metrics")) sendMetrics();
      sendLogs();
      await Promise.all([...boxes.values()].map((box) => box.close(CLOSE_WITHIN_MS)));
      sender.close();
    },
  };
}

function rowsOf(arrival: Arrival, from: number, names: Names): BothSides[] {
  const rows: BothSides[] = [];
  for (let row = from; row < Math.min(arrival.rows, from + MOST_EXCHANGES); row++) {
    rows.push({
      exchange: arrivedExchange(arrival, row, names),
      source: names.byId(arrival.sources[row] as number),
      destination: names.byId(arrival.destinations[row] as number),
    });
  }
  return rows;
}

// Against a collector that is not ours (support/otlp-collector).
import { expect, test } from "bun:test";
import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { type Collector, grpcCollector, httpCollector, type Signal } from "../../../test/support/otlp-collector.ts";
import { batchOf, sample, span } from "../../../test/support/telemetry.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { formatLogLine } from "../../model/log-line.ts";
import { FLAG } from "../../model/span.ts";
import { type Observatory, openObservatory } from "../observatory.ts";
import type { OutSettings } from "./settings.ts";

type Opened = {
  readonly observatory: Observatory;
  readonly clock: ReturnType<typeof manualClock>;
  readonly collector: Collector;
  readonly logs: string;
  /** resolves when the collector has been told so many of this signal */
  told(signal: Signal, count?: number): Promise<object[]>;
};

async function exporting(
  protocol: OutSettings["protocol"],
  use: (opened: Opened) => Promise<void>,
  headers: Record<string, string> = {},
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "meshwise-out-"));
  const waiting = new Set<() => void>();
  const onTold = () => {
    for (const look of waiting) look();
  };
  const collector = protocol === "grpc" ? await grpcCollector(onTold) : httpCollector(onTold);
  const clock = manualClock();
  const logs = join(directory, "logs");
  mkdirSync(join(logs, "web"), { recursive: true });
  appendFileSync(join(logs, "web", "web-1.log"), formatLogLine({ timeUs: 1, stream: "stdout", text: "long ago" }));
  const out: OutSettings = {
    endpoint: new URL(collector.url),
    protocol,
    headers,
    signals: ["traces", "metrics", "logs"],
  };
  const retention = { spansUs: 3_600e6, rollupsUs: 3_600e6, visitsUs: 3_600e6, maxBytes: 1 << 30 };
  const observatory = await openObservatory(
    { clock, log() {} },
    { directory, logs, memoryLimitMb: 64, sqlProgram: "", retention, out },
  );
  observatory.intake.sample(sample({ atUs: clock.nowUs() }));
  const told = (signal: Signal, count = 1) =>
    new Promise<object[]>((resolve) => {
      const look = () => {
        const bodies = collector.told.filter((one) => one.signal === signal).map(({ body }) => body);
        if (bodies.length < count) return;
        waiting.delete(look);
        resolve(bodies);
      };
      waiting.add(look);
      look();
    });
  try {
    await use({ observatory, clock, collector, logs, told });
  } finally {
    const closed = observatory.close();
    clock.advance(2_000);
    await closed;
    await collector.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

const IDS = { trace0: 1, trace1: 2, trace2: 3, trace3: 4, client0: 5, client1: 6, server0: 7, server1: 8 };
const TRACE = Buffer.from("00000001000000020000000300000004", "hex");

type Attributed = { readonly attributes: readonly { readonly key: string; readonly value: object }[] };
type ToldSpan = Attributed & Readonly<Record<string, unknown>> & { readonly of: unknown };
type ToldTraces = {
  readonly resourceSpans: readonly { resource: Attributed; scopeSpans: readonly { spans: readonly ToldSpan[] }[] }[];
};

function attribute(of: Attributed | undefined, name: string): unknown {
  return Object.values(of?.attributes.find(({ key }) => key === name)?.value ?? {})[0];
}

function spansIn(bodies: readonly object[]): ToldSpan[] {
  return (bodies as readonly ToldTraces[]).flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ resource, scopeSpans }) =>
      (scopeSpans[0]?.spans ?? []).map((one) => ({ ...one, of: attribute(resource, "service.name") })),
    ),
  );
}

test.each(["http/protobuf", "grpc"] as const)(
  "%s: one exchange is a span of who asked and one of who answered",
  (protocol) =>
    exporting(
      protocol,
      async ({ observatory, clock, collector, told }) => {
        const startUs = clock.nowUs() - 50_000;
        const one = span({
          ...IDS,
          startUs,
          end: 40_000,
          pooled: 100,
          connected: 5_000,
          lastIn: 35_000,
          status: 503,
          path: "/orders/17/pay",
          attempts: 2,
          flags: FLAG.continued,
          parent0: 9,
          parent1: 9,
        });
        observatory.intake.spans(batchOf([one]));
        clock.advance(9_000);

        const spans = spansIn(await told("traces"));

        expect(spans).toHaveLength(2);
        const [client, server] = [spans.find((of) => of.of === "web"), spans.find((of) => of.of === "cart")];
        expect(client).toMatchObject({
          name: "GET /orders/{id}/pay",
          kind: "SPAN_KIND_CLIENT",
          traceId: TRACE,
          status: { code: "STATUS_CODE_ERROR" },
        });
        expect(client?.startTimeUnixNano).toBe(`${startUs}000`);
        expect(attribute(client, "http.request.resend_count")).toBe("1");
        expect(attribute(client, "url.full")).toBe("http://cart:8080/orders/17/pay");
        expect(attribute(client, "url.template")).toBe("/orders/{id}/pay");
        expect(attribute(server, "http.route")).toBe("/orders/{id}/pay");
        expect(server).toMatchObject({ kind: "SPAN_KIND_SERVER", traceId: TRACE, parentSpanId: client?.spanId });
        expect([server?.startTimeUnixNano, server?.endTimeUnixNano]).toEqual([
          `${startUs + 5_000}000`,
          `${startUs + 35_000}000`,
        ]);
        expect(attribute(server, "error.type")).toBe("503");
        expect(collector.told[0]?.headers["x-key"]).toBe("k1");
        await eventually(() => observatory.out?.reports()[0]?.counts.sent === 2);
      },
      { "x-key": "k1" },
    ),
);

test("a request from outside is a server's alone, one to the outside a client's, a copy the server's", () =>
  exporting("http/protobuf", async ({ observatory, clock, told }) => {
    const startUs = clock.nowUs() - 50_000;
    observatory.intake.spans(
      batchOf([
        span({ startUs, source: 0, flags: FLAG.published }),
        span({ startUs, service: 0, workload: 0, flags: FLAG.egress, authority: "api.example.com:443" }),
        span({ startUs, flags: FLAG.mirrored }),
      ]),
    );
    clock.advance(9_000);

    const kinds = spansIn(await told("traces")).map((one) => `${one.of} ${one.kind}`);

    expect(kinds.sort()).toEqual(["cart SPAN_KIND_SERVER", "cart SPAN_KIND_SERVER", "web SPAN_KIND_CLIENT"]);
  }));

test("figures go out as OpenTelemetry's histograms, cumulated", () =>
  exporting("http/protobuf", async ({ observatory, clock, told }) => {
    observatory.intake.spans(
      batchOf([
        span({ startUs: clock.nowUs() - 50_000, end: 30_000 }),
        span({ end: 7_000, startUs: clock.nowUs() - 9_000 }),
      ]),
    );
    clock.advance(15_000);

    type Point = Attributed & { count: string; sum: number; bucketCounts: string[] };
    type Metric = { name: string; histogram: { aggregationTemporality: string; dataPoints: Point[] } };
    type Body = { resourceMetrics: { resource: Attributed; scopeMetrics: { metrics: Metric[] }[] }[] };
    const [body] = (await told("metrics")) as Body[];

    const cart = body?.resourceMetrics.find((of) => attribute(of.resource, "service.name") === "cart");
    const metric = cart?.scopeMetrics[0]?.metrics[0];
    expect(metric).toMatchObject({ name: "http.server.request.duration", unit: "s" });
    expect(metric?.histogram.aggregationTemporality).toBe("AGGREGATION_TEMPORALITY_CUMULATIVE");
    const point = metric?.histogram.dataPoints[0];
    expect([point?.count, point?.sum, point?.bucketCounts.length]).toEqual(["2", 0.037, 15]);
    expect([point?.bucketCounts[1], point?.bucketCounts[3]]).toEqual(["1", "1"]);
    expect(attribute(point, "http.request.method")).toBe("GET");
  }));

test("what workloads print from now on goes out, masked, through rotations", () =>
  exporting("http/protobuf", async ({ clock, logs, told }) => {
    const file = join(logs, "web", "web-1.log");
    const say = (text: string) =>
      appendFileSync(file, formatLogLine({ timeUs: clock.nowUs(), stream: "stderr", text }));
    say("password=hunter2 refused");
    say("the last line of a full file");
    renameSync(file, `${file}.1`);
    say("the first line of the next");
    clock.advance(1_000);

    type Record = { body: { stringValue: string } };
    type Body = { resourceLogs: { resource: Attributed; scopeLogs: { logRecords: Record[] }[] }[] };
    const [body] = (await told("logs")) as Body[];

    const [first] = body?.resourceLogs ?? [];
    expect(attribute(first?.resource, "service.instance.id")).toBe("web-1");
    expect(first?.scopeLogs[0]?.logRecords.map((one) => one.body.stringValue)).toEqual([
      "password=*** refused",
      "the last line of a full file",
      "the first line of the next",
    ]);
  }));

test("a collector that refuses for now is asked again; one that does not want it is not", () =>
  exporting("http/protobuf", async ({ observatory, clock, collector, told }) => {
    collector.refusals.push(new Response("", { status: 503, headers: { "retry-after": "7" } }));
    observatory.intake.spans(batchOf([span({ ...IDS, startUs: clock.nowUs() - 50_000 })]));
    clock.advance(10_000);
    const traces = () => observatory.out?.reports().find(({ signal }) => signal === "traces");
    await eventually(() => traces()?.trouble !== undefined);
    expect(traces()).toMatchObject({ trouble: "the collector answers 503", waiting: 2 });

    clock.advance(7_000);

    await told("traces");
    await eventually(() => traces()?.counts.sent === 2);
  }));

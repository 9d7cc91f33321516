// The doors, spoken to by OpenTelemetry's own exporters, and by who means no good.
import { expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { credentials, makeGenericClientConstructor, type ServiceError } from "@grpc/grpc-js";
import { ROOT_CONTEXT, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPLogExporter } from "@opentelemetry/exporter-logs-otlp-grpc";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-proto";
import { OTLPTraceExporter as GrpcExporter } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JsonExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtoExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { CompressionAlgorithm } from "@opentelemetry/otlp-exporter-base";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { BatchLogRecordProcessor, LoggerProvider } from "@opentelemetry/sdk-logs";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from "@opentelemetry/sdk-trace-base";
import { inObservatory, type Opened } from "../../../test/support/open-observatory.ts";
import { EXPORT_RESPONSE } from "../../protocol/otlp/common.ts";
import { GRPC_METHODS } from "../../protocol/otlp/services.ts";
import { TRACES } from "../../protocol/otlp/trace-messages.ts";
import { decode } from "../../protocol/protobuf/decode.ts";
import { encode } from "../../protocol/protobuf/encode.ts";
import { type Doors, openDoors } from "./doors.ts";

const resource = resourceFromAttributes({ "service.name": "cart", "service.instance.id": "cart-1" });

async function withDoors(use: (doors: Doors, opened: Opened) => Promise<void>): Promise<void> {
  await inObservatory(async (opened) => {
    // the senders' clocks are real
    opened.clock.advance((Date.now() * 1000 - opened.clock.nowUs()) / 1000);
    const doors = await openDoors(opened.observatory.apps, { http: 0, grpc: 0 }, { names: ["otlp.mesh"], log() {} });
    try {
      await use(doors, opened);
    } finally {
      await doors.close();
    }
  });
}

const GZIP = { compression: CompressionAlgorithm.GZIP };

test.each([
  ["HTTP, protobuf", ({ http }: Doors) => new ProtoExporter({ url: `http://127.0.0.1:${http}/v1/traces` })],
  [
    "HTTP, protobuf, gzip",
    ({ http }: Doors) => new ProtoExporter({ url: `http://127.0.0.1:${http}/v1/traces`, ...GZIP }),
  ],
  ["HTTP, JSON", ({ http }: Doors) => new JsonExporter({ url: `http://127.0.0.1:${http}/v1/traces` })],
  ["gRPC", ({ grpc }: Doors) => new GrpcExporter({ url: `http://127.0.0.1:${grpc}` })],
  ["gRPC, gzip", ({ grpc }: Doors) => new GrpcExporter({ url: `http://127.0.0.1:${grpc}`, ...GZIP })],
] as const)("spans that come by %s are found by their trace", (_, exporter) =>
  withDoors(async (doors, { observatory, clock }) => {
    const sender: SpanExporter = exporter(doors);
    const provider = new BasicTracerProvider({ resource, spanProcessors: [new BatchSpanProcessor(sender)] });
    const parent = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", traceFlags: 1 };

    const span = provider
      .getTracer("shop")
      .startSpan(
        "reserve stock",
        { attributes: { sku: "a-1", "db.password": "pw" } },
        trace.setSpanContext(ROOT_CONTEXT, parent),
      );
    span.addEvent("asked", { by: "ann@example.com" });
    span.setStatus({ code: SpanStatusCode.ERROR, message: "none left" });
    span.end();
    await provider.forceFlush();
    const told = { traceId: parent.traceId, parentId: parent.spanId, spanId: span.spanContext().spanId };
    const expected = {
      ...told,
      ...{ service: "cart", instance: "cart-1", name: "reserve stock", kind: "internal", scope: "shop" },
      ...{ status: "error", message: "none left", attributes: { sku: "a-1", "db.password": "***" } },
      events: [{ name: "asked", attributes: { by: "***" } }],
    };

    expect(await observatory.apps.appSpansOf(parent.traceId)).toMatchObject([expected]);
    clock.advance(1_000);
    await observatory.apps.settle();
    expect(await observatory.apps.appSpansOf(parent.traceId)).toMatchObject([expected]);
    await provider.shutdown();
  }),
);

test("metrics become series of ten seconds, log records are linked to their trace", () =>
  withDoors(async ({ http, grpc }, { observatory, clock, said }) => {
    const metrics = new OTLPMetricExporter({ url: `http://127.0.0.1:${http}/v1/metrics` });
    const meters = new MeterProvider({ resource, readers: [new PeriodicExportingMetricReader({ exporter: metrics })] });
    const meter = meters.getMeter("shop");
    meter.createCounter("orders", { unit: "{order}" }).add(3, { kind: "gift" });
    const histogram = meter.createHistogram("wait", { unit: "s" });
    histogram.record(0.2);
    histogram.record(0.4);
    await meters.forceFlush();
    await meters.shutdown();
    const loggers = new LoggerProvider({
      resource,
      processors: [new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `http://127.0.0.1:${grpc}` }) })],
    });
    loggers.getLogger("shop").emit({ severityNumber: 17, body: "card 4111 1111 1111 1111 declined" });
    await loggers.forceFlush();
    await loggers.shutdown();

    const series = observatory.apps.series({ service: "cart", fromUs: 0 });
    expect(series).toMatchObject([
      { name: "orders", unit: "{order}", kind: "counter", attributes: { kind: "gift" }, points: [{ value: 3 }] },
      { name: "wait", kind: "mean", points: [{ value: expect.closeTo(0.3) }] },
    ]);
    const window = { fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() + 60e6, limit: 10 };
    const logs = [expect.objectContaining({ service: "cart", severity: 17, text: "card *** declined" })];
    expect(await observatory.apps.appLogs(window)).toEqual(logs);
    await observatory.apps.settle();
    expect(await observatory.apps.appLogs({ ...window, service: "cart" })).toEqual(logs);
    expect(await observatory.apps.appLogs({ ...window, service: "web" })).toEqual([]);
    expect(said).toEqual([]);
  }));

const PROTOBUF = { "content-type": "application/x-protobuf" };
const JSON_TYPE = { "content-type": "application/json" };
const post = (
  http: number,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string>,
  path = "/v1/traces",
) => fetch(`http://127.0.0.1:${http}${path}`, { method: "POST", body, headers });

function spanOf(clock: { nowUs(): number }, more: object = {}) {
  const nanos = BigInt(Math.floor(clock.nowUs())) * 1000n;
  const times = { startTimeUnixNano: nanos, endTimeUnixNano: nanos + 5n };
  return { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", name: "a", ...times, ...more };
}
const tracesOf = (spans: readonly object[]) => encode(TRACES, { resourceSpans: [{ scopeSpans: [{ spans }] }] });

test("what cannot be kept is told as partial success, and the rest is kept", () =>
  withDoors(async ({ http, grpc }, { clock, observatory }) => {
    const bytes = tracesOf([spanOf(clock), spanOf(clock, { traceId: "00" }), spanOf(clock, { endTimeUnixNano: 1n })]);
    const partialSuccess = { rejected: 2n, errorMessage: expect.stringContaining("a trace id must be 16 bytes") };

    const answer = await post(http, bytes, PROTOBUF);

    expect(answer.status).toBe(200);
    expect(decode(EXPORT_RESPONSE, await answer.bytes())).toEqual({ partialSuccess });
    expect(await observatory.apps.appSpansOf("0af7651916cd43dd8448eb211c80319c")).toHaveLength(1);
    expect(await exported(grpc, bytes)).toEqual({ partialSuccess });
    const json = await post(http, JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [{}] }] }] }), JSON_TYPE);
    expect(await json.json()).toMatchObject({ partialSuccess: { rejectedSpans: "1" } });
  }));

test.each([
  ["truncated protobuf", PROTOBUF, Uint8Array.of(10, 99), 400],
  ["no JSON", JSON_TYPE, "{", 400],
  ["JSON of another kind", JSON_TYPE, '{"resourceSpans": 5}', 400],
  ["an unknown type", { "content-type": "text/plain" }, "{}", 415],
  ["no type", {}, new Uint8Array(), 415],
  ["an unknown encoding", { ...PROTOBUF, "content-encoding": "br" }, new Uint8Array(), 415],
  ["what is no gzip", { ...PROTOBUF, "content-encoding": "gzip" }, "abc", 400],
  ["a zip bomb", { ...PROTOBUF, "content-encoding": "gzip" }, gzipSync(new Uint8Array(64 << 20)), 413],
  ["a body too large", PROTOBUF, new Uint8Array(9 << 20), 413],
  ["a page of a stranger", { ...JSON_TYPE, origin: "http://evil.example" }, "{}", 403],
  ["a stranger's name", { ...JSON_TYPE, host: "evil.example" }, "{}", 421],
] as const)("%s is refused", (_, headers, body, status) =>
  withDoors(async ({ http }, { observatory }) => {
    const answer = await post(http, body as string, headers as Record<string, string>);

    expect(answer.status).toBe(status);
    expect(answer.headers.has("retry-after")).toBe(false);
    expect(observatory.apps.counts.spans.taken).toBe(0);
  }),
);

test("other paths and methods are refused, the name for workloads is not", () =>
  withDoors(async ({ http }) => {
    expect((await post(http, "{}", JSON_TYPE, "/v1/profiles")).status).toBe(404);
    expect((await fetch(`http://127.0.0.1:${http}/v1/traces`)).status).toBe(405);
    expect((await post(http, "{}", { ...JSON_TYPE, host: `otlp.mesh:${http}` })).status).toBe(200);
  }));

test("who sends more than can be kept is told when to come again", () =>
  withDoors(async ({ http, grpc }, { clock }) => {
    const many = tracesOf(Array.from({ length: 6_000 }, () => spanOf(clock)));
    expect((await post(http, many, PROTOBUF)).status).toBe(200);

    const answer = await post(http, many, PROTOBUF);

    expect([answer.status, answer.headers.get("retry-after")]).toEqual([503, "2"]);
    const error = (await exported(grpc, many).catch((thrown) => thrown)) as ServiceError;
    expect(error.code).toBe(14);
    expect(String(error.metadata.get("grpc-status-details-bin")[0])).toContain("google.rpc.RetryInfo");
  }));

test.each([
  ["truncated protobuf", Uint8Array.of(10, 99), 3],
  ["a message too large", new Uint8Array(9 << 20), 8],
])("gRPC: %s is refused", (_, bytes, code) =>
  withDoors(async ({ grpc }) => {
    expect(await exported(grpc, bytes).catch((thrown: ServiceError) => thrown.code)).toBe(code);
  }),
);

test("huge strings and endless attributes are cut", () =>
  withDoors(async ({ http }, { clock, observatory }) => {
    const attributes = Array.from({ length: 500 }, (_, at) => ({
      key: `k${at}`,
      value: { stringValue: "x".repeat(5_000) },
    }));
    await post(http, tracesOf([spanOf(clock, { name: "n".repeat(1 << 20), attributes })]), PROTOBUF);

    const [span] = await observatory.apps.appSpansOf("0af7651916cd43dd8448eb211c80319c");
    expect(span?.name).toHaveLength(256);
    expect(JSON.stringify(span).length).toBeLessThan(70_000);
  }));

/** The bytes as they are, by gRPC. */
function exported(port: number, bytes: Uint8Array): Promise<unknown> {
  const method = {
    path: GRPC_METHODS.traces,
    requestStream: false as const,
    responseStream: false as const,
    requestSerialize: (value: Uint8Array) => Buffer.from(value),
    requestDeserialize: (value: Buffer) => value,
    responseSerialize: (value: Buffer) => value,
    responseDeserialize: (value: Buffer) => decode(EXPORT_RESPONSE, value),
  };
  const Client = makeGenericClientConstructor({ export: method }, "TraceService");
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  client.export?.(bytes, (error: ServiceError | null, value: unknown) => (error ? reject(error) : resolve(value)));
  return promise.finally(() => client.close());
}

// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): protobuf or JSON, gzip or not, on loopback. What is
// refused says whether to send it again: 429 and 503 with Retry-After, and nothing else.
import { gunzipSync, inflateSync } from "node:zlib";
import { EXPORT_RESPONSE, RPC_STATUS } from "../../protocol/otlp/common.ts";
import { enumeration } from "../../protocol/otlp/enumerations.ts";
import { LOGS } from "../../protocol/otlp/log-messages.ts";
import { METRICS } from "../../protocol/otlp/metric-messages.ts";
import { TRACES } from "../../protocol/otlp/trace-messages.ts";
import { decode } from "../../protocol/protobuf/decode.ts";
import { encode } from "../../protocol/protobuf/encode.ts";
import { fromJson } from "../../protocol/protobuf/json.ts";
import { MalformedMessage, type Message } from "../../protocol/protobuf/message.ts";
import type { Apps, Taken } from "./apps.ts";

export type Door = { readonly port: number; close(): Promise<void> };

/** of a request, before and after it is unpacked */
export const MOST_BYTES = 8 << 20;
/** workloads find the door under this name; see model/otlp-door.ts */
const NAMES = ["127.0.0.1", "localhost", "[::1]"];

type Signal = {
  readonly table: Message<object>;
  readonly take: (apps: Apps, told: object) => Taken;
  /** JSON's name of the count of what is refused */
  readonly rejected: string;
};

const SIGNALS: Readonly<Record<string, Signal>> = {
  "/v1/traces": signal(TRACES, (apps, traces) => apps.traces(traces), "rejectedSpans"),
  "/v1/metrics": signal(METRICS, (apps, metrics) => apps.metrics(metrics), "rejectedDataPoints"),
  "/v1/logs": signal(LOGS, (apps, logs) => apps.logs(logs), "rejectedLogRecords"),
};

function signal<Told extends object>(
  table: Message<Told>,
  take: (apps: Apps, told: Told) => Taken,
  rejected: string,
): Signal {
  return { table, take: (apps, told) => take(apps, told as Told), rejected };
}

/**
 * @param names others than loopback's by which the door may be called
 * Throws what Bun throws when the port is taken.
 */
export function serveOtlpHttp(apps: Apps, port: number, names: readonly string[]): Door {
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port,
    maxRequestBodySize: 2 * MOST_BYTES, // beyond it Bun refuses without a reason
    fetch: (request) => answer(request, apps, new Set([...NAMES, ...names])),
    error: () => new Response("failed\n", { status: 500 }),
  });
  return { port: server.port as number, close: () => server.stop(true) };
}

async function answer(request: Request, apps: Apps, names: ReadonlySet<string>): Promise<Response> {
  const found = SIGNALS[new URL(request.url).pathname];
  const type = (request.headers.get("content-type") ?? "").split(";")[0]?.trim().toLowerCase();
  const isJson = type === "application/json";
  const refuse = (status: number, message: string, headers = {}) => refusal(isJson, status, message, headers);

  const host = (request.headers.get("host") ?? "").toLowerCase().replace(/:\d+$/, "");
  if (!names.has(host)) return refuse(421, `this is not ${host}`);
  if (request.headers.has("origin")) return refuse(403, "web pages may not tell anything here");
  if (!found) return refuse(404, `there is ${Object.keys(SIGNALS).join(", ")}`);
  if (request.method !== "POST") return refuse(405, "POST only", { allow: "POST" });
  if (!isJson && type !== "application/x-protobuf") {
    return refuse(415, "content-type must be application/x-protobuf or application/json");
  }
  try {
    const bytes = await unpacked(request);
    const told = isJson ? fromJson(found.table, parse(bytes), enumeration) : decode(found.table, bytes);
    return granted(found.take(apps, told), found, isJson);
  } catch (thrown) {
    if (thrown instanceof Unfit) return refuse(thrown.status, thrown.message);
    if (thrown instanceof MalformedMessage) return refuse(400, `the request ${thrown.message}`);
    throw thrown;
  }
}

function granted(taken: Taken, { rejected }: Signal, isJson: boolean): Response {
  if ("busyS" in taken) {
    return refusal(isJson, 503, "there is more than can be kept now", { "retry-after": String(taken.busyS) });
  }
  const errorMessage = [...taken.reasons].join("; ");
  const partialSuccess = taken.count > 0 ? { rejected: BigInt(taken.count), errorMessage } : undefined;
  if (isJson) {
    return Response.json(partialSuccess ? { partialSuccess: { [rejected]: String(taken.count), errorMessage } } : {});
  }
  const body = encode(EXPORT_RESPONSE, partialSuccess ? { partialSuccess } : {});
  return new Response(body, { headers: { "content-type": "application/x-protobuf" } });
}

/** google.rpc.Status, in the form of the request. */
function refusal(isJson: boolean, status: number, message: string, headers: Record<string, string>): Response {
  const code = { 400: 3, 413: 3, 503: 14 }[status] ?? 2; // INVALID_ARGUMENT, UNAVAILABLE, UNKNOWN
  if (isJson) return Response.json({ code, message }, { status, headers });
  const body = encode(RPC_STATUS, { code, message });
  return new Response(body, { status, headers: { ...headers, "content-type": "application/x-protobuf" } });
}

class Unfit extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

async function unpacked(request: Request): Promise<Uint8Array> {
  if (Number(request.headers.get("content-length")) > MOST_BYTES) throw tooLarge();
  const packed = new Uint8Array(await request.arrayBuffer());
  if (packed.length > MOST_BYTES) throw tooLarge();
  const encoding = (request.headers.get("content-encoding") ?? "identity").trim().toLowerCase();
  if (encoding === "identity" || encoding === "") return packed;
  if (encoding !== "gzip" && encoding !== "deflate") throw new Unfit(415, "content-encoding must be gzip or deflate");
  const unpack = encoding === "gzip" ? gunzipSync : inflateSync;
  try {
    return unpack(packed, { maxOutputLength: MOST_BYTES }); // stops there, whatever a bomb would become
  } catch (thrown) {
    if ((thrown as { code?: unknown }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge();
    throw new Unfit(400, `the request is no ${encoding}`);
  }
}

function tooLarge(): Unfit {
  return new Unfit(413, `the request is larger than ${MOST_BYTES} bytes`);
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch {
    throw new Unfit(400, "the request is no JSON");
  }
}

// One request to a collector, by HTTP or gRPC, and what its answer means
// (https://opentelemetry.io/docs/specs/otlp/#failures).
import { Client, credentials, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import type { Clock } from "../../base/clock.ts";
import { VERSION } from "../../model/release.ts";
import { EXPORT_RESPONSE } from "../../protocol/otlp/common.ts";
import { GRPC_METHODS } from "../../protocol/otlp/services.ts";
import { decode } from "../../protocol/protobuf/decode.ts";
import type { Outcome } from "./outbox.ts";
import type { OutSettings, SignalName } from "./settings.ts";

export type Send = (signal: SignalName, bytes: Uint8Array<ArrayBuffer>) => Promise<Outcome>;
export type Sender = { readonly send: Send; close(): void };

const WITHIN_MS = 10_000;
const MOST_ANSWER = 64 << 10;
const AGENT = `Meshwise-OTLP-Exporter/${VERSION}`;
const HTTP_LATER: readonly number[] = [429, 502, 503, 504];
const GRPC_LATER: readonly number[] = [
  status.CANCELLED,
  status.DEADLINE_EXCEEDED,
  status.ABORTED,
  status.OUT_OF_RANGE,
  status.UNAVAILABLE,
  status.DATA_LOSS,
];

export function senderOf(settings: OutSettings, clock: Clock): Sender {
  return settings.protocol === "grpc" ? grpcSender(settings, clock) : httpSender(settings, clock);
}

function httpSender({ endpoint, headers }: OutSettings, clock: Clock): Sender {
  const base = endpoint.href.replace(/\/$/, "");
  const own = {
    "content-type": "application/x-protobuf",
    "content-encoding": "gzip",
    "user-agent": AGENT,
  };
  return {
    close() {},
    async send(signal, bytes) {
      const abort = new AbortController();
      const late = clock.after(WITHIN_MS, () => abort.abort(new Error(`no answer within ${WITHIN_MS / 1000} s`)));
      try {
        const request = { method: "POST", headers: { ...headers, ...own }, body: Bun.gzipSync(bytes) };
        const answer = await fetch(`${base}/v1/${signal}`, { ...request, redirect: "manual", signal: abort.signal });
        const body = await answer.bytes();
        if (answer.ok) return sent(body);
        const reason = `the collector answers ${answer.status}`;
        if (!HTTP_LATER.includes(answer.status)) return { kind: "gone", reason };
        const afterS = Number(answer.headers.get("retry-after") ?? Number.NaN);
        return { kind: "later", reason, ...(Number.isFinite(afterS) && { afterMs: afterS * 1000 }) };
      } catch (thrown) {
        return { kind: "later", reason: `the collector cannot be reached (${text(thrown)})` };
      } finally {
        late.cancel();
      }
    },
  };
}

function grpcSender({ endpoint, headers }: OutSettings, clock: Clock): Sender {
  const isSecure = endpoint.protocol === "https:";
  const target = `${endpoint.hostname}:${endpoint.port || (isSecure ? 443 : 80)}`;
  const client = new Client(target, isSecure ? credentials.createSsl() : credentials.createInsecure(), {
    "grpc.default_compression_algorithm": 2, // gzip
    "grpc.max_receive_message_length": MOST_ANSWER,
    "grpc.primary_user_agent": AGENT,
  });
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
  return {
    close: () => client.close(),
    send(signal, bytes) {
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      const call = client.makeUnaryRequest(
        GRPC_METHODS[signal],
        (value: Uint8Array) => Buffer.from(value),
        (value: Buffer) => value,
        bytes,
        metadata,
        (error, answer) => resolve(error ? failed(error) : sent(answer ?? new Uint8Array())),
      );
      const late = clock.after(WITHIN_MS, () => call.cancel());
      return promise.finally(() => late.cancel());
    },
  };
}

function failed(error: ServiceError): Outcome {
  const reason = `the collector answers ${status[error.code] ?? error.code} (${error.details})`;
  // RESOURCE_EXHAUSTED without RetryInfo will not pass
  const details = error.metadata?.get("grpc-status-details-bin")[0];
  const isTold = error.code === status.RESOURCE_EXHAUSTED && String(details ?? "").includes("RetryInfo");
  return { kind: isTold || GRPC_LATER.includes(error.code) ? "later" : "gone", reason };
}

/** An answer that cannot be read is an answer all the same: they have arrived. */
function sent(body: Uint8Array): Outcome {
  try {
    const { partialSuccess } = decode(EXPORT_RESPONSE, body.subarray(0, MOST_ANSWER));
    const rejected = Number(partialSuccess?.rejected ?? 0n);
    const why = partialSuccess?.errorMessage;
    return { kind: "sent", rejected, ...(why && { reason: `the collector: ${why.slice(0, 200)}` }) };
  } catch {
    return { kind: "sent", rejected: 0 };
  }
}

function text(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

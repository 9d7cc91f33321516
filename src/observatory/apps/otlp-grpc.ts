// OTLP/gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc), on loopback. What a sender may send again is UNAVAILABLE
// with RetryInfo; gRPC itself unpacks gzip, within the limit.
import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
  status,
  type UntypedServiceImplementation,
} from "@grpc/grpc-js";
import { EXPORT_RESPONSE } from "../../protocol/otlp/common.ts";
import { LOGS } from "../../protocol/otlp/log-messages.ts";
import { METRICS } from "../../protocol/otlp/metric-messages.ts";
import { GRPC_METHODS } from "../../protocol/otlp/services.ts";
import { TRACES } from "../../protocol/otlp/trace-messages.ts";
import { decode } from "../../protocol/protobuf/decode.ts";
import { encode } from "../../protocol/protobuf/encode.ts";
import { MalformedMessage, type Message, message, one, scalar } from "../../protocol/protobuf/message.ts";
import type { Apps, Taken } from "./apps.ts";
import { type Door, MOST_BYTES } from "./otlp-http.ts";

const MOST_STREAMS = 64;

/** google.rpc.Status with google.rpc.RetryInfo in it, as they travel in `grpc-status-details-bin` */
const DURATION = message({ seconds: scalar(1, "int64") });
const RETRY_INFO = message({ retryDelay: one(1, () => DURATION) });
const ANY = message({ typeUrl: scalar(1, "string"), value: scalar(2, "bytes") });
const STATUS = message({ code: scalar(1, "enum"), message: scalar(2, "string"), details: one(3, () => ANY) });

/** @throws what grpc-js throws when the port is taken */
export async function serveOtlpGrpc(apps: Apps, port: number): Promise<Door> {
  const server = new Server({
    "grpc.max_receive_message_length": MOST_BYTES,
    "grpc.max_concurrent_streams": MOST_STREAMS,
  });
  add(server, GRPC_METHODS.traces, TRACES, apps.traces);
  add(server, GRPC_METHODS.metrics, METRICS, apps.metrics);
  add(server, GRPC_METHODS.logs, LOGS, apps.logs);
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    );
  });
  return {
    port: bound,
    async close() {
      server.forceShutdown();
    },
  };
}

type Read<Told> = { readonly told: Told } | { readonly malformed: string };

function add<Told extends object>(server: Server, path: string, table: Message<Told>, take: (told: Told) => Taken) {
  const definition: ServiceDefinition = {
    export: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: (value: Told) => Buffer.from(encode(table, value)),
      requestDeserialize: (bytes: Buffer): Read<Told> => read(table, bytes),
      responseSerialize: (value: object) => Buffer.from(encode(EXPORT_RESPONSE, value)),
      responseDeserialize: (bytes: Buffer) => decode(EXPORT_RESPONSE, bytes),
    },
  };
  server.addService(definition, {
    export({ request }: ServerUnaryCall<Read<Told>, object>, answer: sendUnaryData<object>) {
      if ("malformed" in request) return answer({ code: status.INVALID_ARGUMENT, details: request.malformed });
      const taken = take(request.told);
      if ("busyS" in taken) return answer(busy(taken.busyS));
      const errorMessage = [...taken.reasons].join("; ");
      answer(null, taken.count > 0 ? { partialSuccess: { rejected: BigInt(taken.count), errorMessage } } : {});
    },
  } as UntypedServiceImplementation);
}

/** Not thrown: grpc-js would make an INTERNAL of it, which says that we are to blame. */
function read<Told extends object>(table: Message<Told>, bytes: Buffer): Read<Told> {
  try {
    return { told: decode(table, bytes) };
  } catch (thrown) {
    if (thrown instanceof MalformedMessage) return { malformed: `the request ${thrown.message}` };
    throw thrown;
  }
}

function busy(seconds: number) {
  const details = "there is more than can be kept now";
  const value = encode(RETRY_INFO, { retryDelay: { seconds: BigInt(seconds) } });
  const any = { typeUrl: "type.googleapis.com/google.rpc.RetryInfo", value };
  const metadata = new Metadata();
  const told = encode(STATUS, { code: status.UNAVAILABLE, message: details, details: any });
  metadata.set("grpc-status-details-bin", Buffer.from(told));
  return { code: status.UNAVAILABLE, details, metadata };
}

// A collector of OTLP that is not ours: gRPC's own server, and a reader made from the official .proto files.
import { dirname, join } from "node:path";
import {
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from "@grpc/grpc-js";
import { loadSync, type MethodDefinition } from "@grpc/proto-loader";

const PROTOS = join(dirname(require.resolve("otlp-protos/package.json")), "build/protos");
const SERVICES = {
  traces: ["trace", "TraceService"],
  metrics: ["metrics", "MetricsService"],
  logs: ["logs", "LogsService"],
};

export type Signal = keyof typeof SERVICES;
/** as protobufjs tells it: ids are Buffers, 64-bit numbers strings, enumerations names */
export type Told = {
  readonly signal: Signal;
  readonly body: object;
  readonly headers: Readonly<Record<string, string>>;
};

export type Collector = {
  readonly url: string;
  readonly told: Told[];
  /** the next answers of HTTP, instead of 200 */
  readonly refusals: Response[];
  close(): Promise<void>;
};

function official(signal: Signal): ServiceDefinition {
  const [name, service] = SERVICES[signal] as [string, string];
  const file = `opentelemetry/proto/collector/${name}/v1/${name}_service.proto`;
  const all = loadSync(file, { includeDirs: [PROTOS], longs: String, enums: String });
  return all[`opentelemetry.proto.collector.${name}.v1.${service}`] as ServiceDefinition;
}

export function httpCollector(onTold: () => void = () => {}): Collector {
  const told: Told[] = [];
  const refusals: Response[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const refusal = refusals.shift();
      if (refusal) return refusal;
      const signal = new URL(request.url).pathname.replace("/v1/", "") as Signal;
      const headers = Object.fromEntries(request.headers);
      if (headers["content-type"] !== "application/x-protobuf") return new Response("", { status: 415 });
      const bytes =
        headers["content-encoding"] === "gzip" ? Bun.gunzipSync(await request.arrayBuffer()) : await request.bytes();
      const { requestDeserialize } = official(signal).Export as MethodDefinition<object, object>;
      told.push({ signal, body: requestDeserialize(Buffer.from(bytes)), headers });
      onTold();
      return new Response("", { headers: { "content-type": "application/x-protobuf" } });
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, told, refusals, close: () => server.stop(true) };
}

export async function grpcCollector(onTold: () => void = () => {}): Promise<Collector> {
  const told: Told[] = [];
  const server = new Server();
  for (const signal of Object.keys(SERVICES) as Signal[]) {
    server.addService(official(signal), {
      Export({ request, metadata }: ServerUnaryCall<object, object>, answer: sendUnaryData<object>) {
        const headers = Object.fromEntries(
          Object.entries(metadata.getMap()).map(([name, value]) => [name, String(value)]),
        );
        told.push({ signal, body: request, headers });
        answer(null, {});
        onTold();
      },
    });
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, at) =>
      error ? reject(error) : resolve(at),
    );
  });
  return {
    url: `http://127.0.0.1:${port}`,
    told,
    refusals: [],
    async close() {
      server.forceShutdown();
    },
  };
}

// The running project's host, over its socket: the calls of api/host-types.ts.
import { existsSync } from "node:fs";
import type {
  ApplyEvent,
  ApplyObjects,
  ApplyRequest,
  DeleteObjects,
  ForgetAnswer,
  ForgetRequest,
  HostState,
  LogLine,
  ObjectsAnswer,
  RunBody,
  RunEvent,
  UpgradeEvent,
} from "../../api/host-types.ts";
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { UpgradeRequest } from "../../model/agent.ts";
import { call, getJson, type Peer } from "./http.ts";
import { readNdjson } from "./ndjson.ts";

export type LogQuery = {
  readonly services: readonly string[];
  /** lines of the past per workload; all without */
  readonly tail?: number | undefined;
  readonly follow: boolean;
};

export type HostClient = {
  readonly socket: string;
  state(withinMs?: number): Promise<HostState>;
  apply(request: ApplyRequest): AsyncGenerator<ApplyEvent>;
  objects(): Promise<ObjectsAnswer>;
  applyObjects(request: ApplyObjects): AsyncGenerator<ApplyEvent>;
  deleteObjects(request: DeleteObjects): AsyncGenerator<ApplyEvent>;
  down(): AsyncGenerator<ApplyEvent>;
  upgrade(request: UpgradeRequest): AsyncGenerator<UpgradeEvent>;
  logs(query: LogQuery, signal?: AbortSignal): AsyncGenerator<LogLine>;
  run(body: RunBody): AsyncGenerator<RunEvent>;
  /** resolves when the host has taken all of it */
  runInput(id: number, input: ReadableStream<Uint8Array>): Promise<void>;
  /** @param name without SIG, such as INT */
  runSignal(id: number, name: string): Promise<void>;
  /** resolves when the one that ran has ended */
  restartObservatory(): Promise<void>;
  forget(request: ForgetRequest): Promise<ForgetAnswer>;
  debug(what: "config" | "connections" | "profile"): Promise<unknown>;
};

/** @param socket path of the host's socket; nothing is asked yet */
export function hostClient(socket: string, clock: Clock): HostClient {
  const peer: Peer = { base: "http://host", unix: socket, clock, silent: "host_silent", refused: "host_refused" };
  const stream = async function* <T>(path: string, options: Parameters<typeof call>[2]): AsyncGenerator<T> {
    const response = await call(peer, path, { withinMs: Number.POSITIVE_INFINITY, ...options });
    yield* readNdjson<T>(response.body, "host_silent");
  };
  return {
    socket,
    state: (withinMs = 5000) => getJson(peer, "/state", { withinMs }),
    apply: (request) => stream("/apply", { method: "POST", body: JSON.stringify(request) }),
    objects: () => getJson(peer, "/objects"),
    applyObjects: (request) => stream("/objects", { method: "POST", body: JSON.stringify(request) }),
    deleteObjects: (request) => stream("/objects/delete", { method: "POST", body: JSON.stringify(request) }),
    down: () => stream("/down", { method: "POST" }),
    upgrade: (request) => stream("/upgrade", { method: "POST", body: JSON.stringify(request) }),
    logs: (query, signal) => stream(`/logs?${logParameters(query)}`, { signal }),
    run: (body) => stream("/run", { method: "POST", body: JSON.stringify(body) }),
    async runInput(id, input) {
      const options = { method: "POST", body: input, withinMs: Number.POSITIVE_INFINITY } as const;
      await (await call(peer, `/run/${id}/input`, options)).text();
    },
    async runSignal(id, name) {
      await (await call(peer, `/run/${id}/signal?name=${name}`, { method: "POST" })).text();
    },
    async restartObservatory() {
      await (await call(peer, "/observatory", { method: "POST", withinMs: 20_000 })).text();
    },
    async forget(request) {
      const options = { method: "POST", body: JSON.stringify(request), withinMs: 60_000 } as const;
      return (await (await call(peer, "/visitors/forget", options)).json()) as ForgetAnswer;
    },
    debug: (what) => getJson(peer, `/debug/${what}`, { withinMs: 60_000 }),
  };
}

function logParameters(query: LogQuery): URLSearchParams {
  const parameters = new URLSearchParams();
  for (const service of query.services) parameters.append("service", service);
  if (query.tail !== undefined) parameters.set("tail", String(query.tail));
  if (query.follow) parameters.set("follow", "1");
  return parameters;
}

/** The state of a project that may not run: undefined when nobody listens on its socket. */
export async function stateIfRunning(client: HostClient): Promise<HostState | undefined> {
  if (!existsSync(client.socket)) return undefined;
  try {
    return await client.state();
  } catch (thrown) {
    if (thrown instanceof MeshError && thrown.code === "host_silent" && nobodyListens(thrown.cause)) return undefined;
    throw thrown;
  }
}

// A socket that a killed host left behind refuses.
function nobodyListens(cause: unknown): boolean {
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return ["ECONNREFUSED", "ENOENT", "FailedToOpenSocket", "ConnectionRefused"].includes(code);
}

// The running project's door: HTTP over a unix socket that only its user can open. The calls are in host-types.ts.
import { chmodSync, rmSync } from "node:fs";
import { asMeshError, MeshError } from "../base/errors/index.ts";
import type { UpgradeRequest } from "../model/agent.ts";
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
} from "./host-types.ts";
import { streamEvents, streamRows } from "./ndjson.ts";

/** What stands behind the door. A stream's `signal` aborts when its client goes away. */
export type HostApi = {
  state(): HostState;
  /** ends after it emitted `done` or `error` */
  apply(request: ApplyRequest, emit: (event: ApplyEvent) => void): Promise<void>;
  objects(): ObjectsAnswer;
  /** the same */
  applyObjects(request: ApplyObjects, emit: (event: ApplyEvent) => void): Promise<void>;
  deleteObjects(request: DeleteObjects, emit: (event: ApplyEvent) => void): Promise<void>;
  down(emit: (event: ApplyEvent) => void): Promise<void>;
  /** the same */
  upgrade(request: UpgradeRequest, emit: (event: UpgradeEvent) => void): Promise<void>;
  /** ends the observatory, which comes back and opens its store anew; nothing else is touched */
  restartObservatory(): Promise<void>;
  forget(request: ForgetRequest): Promise<ForgetAnswer>;
  logs(query: LogQuery, signal: AbortSignal): AsyncIterable<readonly LogLine[]>;
  run(body: RunBody, emit: (event: RunEvent) => void, signal: AbortSignal): Promise<void>;
  runInput(id: number, bytes: Uint8Array): boolean;
  endRunInput(id: number): boolean;
  runSignal(id: number, name: string): boolean;
  debug(what: DebugSubject): Promise<unknown>;
};

export type LogQuery = {
  /** names of services or workloads; empty: all */
  readonly services: readonly string[];
  /** lines of the past per workload; absent: all */
  readonly tail?: number;
  readonly follow: boolean;
};

const DEBUG_SUBJECTS = ["config", "connections", "profile"] as const;
type DebugSubject = (typeof DEBUG_SUBJECTS)[number];

/** what a timer can hold is a little more */
const MAX_GRACE_MS = 24 * 3_600_000;

export type HostServer = {
  /** ends open streams and removes the socket */
  close(): Promise<void>;
};

// Logs may be. For the server and not by `timeout(request, 0)`: the usual ten seconds are back with the answer's first byte.
// An object, because Bun's types deny the option to Unix sockets.
const QUIET_FOR_HOURS: object = { idleTimeout: 0 };

/** @param socket its path; whoever calls holds the project's lock, so what lies there is a leftover */
export function serveHost(socket: string, api: HostApi): HostServer {
  const ending = new AbortController();
  rmSync(socket, { force: true });
  const mask = process.umask(0o177);
  let server: Bun.Server<undefined>;
  try {
    server = Bun.serve({
      unix: socket,
      maxRequestBodySize: Number.MAX_SAFE_INTEGER, // the input of a run has no end that we know
      ...QUIET_FOR_HOURS,
      fetch: (request) => answer(request, api, ending.signal),
      error: problem,
    });
  } finally {
    process.umask(mask);
  }
  chmodSync(socket, 0o600);
  return {
    async close() {
      ending.abort();
      const stopped = server.stop();
      rmSync(socket, { force: true });
      await stopped;
    },
  };
}

async function answer(request: Request, api: HostApi, ending: AbortSignal): Promise<Response> {
  const url = new URL(request.url);
  const [first = "", second, third] = url.pathname.split("/").slice(1);
  const signal = AbortSignal.any([request.signal, ending]);
  switch (`${request.method} ${first}${third ? `/…/${third}` : ""}`) {
    case "GET state":
      return Response.json(api.state());
    case "POST apply": {
      const body = await readApply(request);
      // not the client's to stop half way: what has begun is finished, and `down` is there to undo it
      return streamEvents<ApplyEvent>(request.signal, (emit) => api.apply(body, emit));
    }
    case "GET objects":
      return Response.json(api.objects());
    case "POST objects": {
      if (second === "delete") {
        const body = await readDelete(request);
        return streamEvents<ApplyEvent>(request.signal, (emit) => api.deleteObjects(body, emit));
      }
      const body = await readObjects(request);
      return streamEvents<ApplyEvent>(request.signal, (emit) => api.applyObjects(body, emit));
    }
    case "POST down":
      return streamEvents<ApplyEvent>(request.signal, (emit) => api.down(emit));
    case "POST upgrade": {
      const body = await readUpgrade(request);
      return streamEvents<UpgradeEvent>(request.signal, (emit) => api.upgrade(body, emit));
    }
    case "POST observatory":
      await api.restartObservatory();
      return new Response(null, { status: 204 });
    case "POST visitors":
      return Response.json(await api.forget(await readForget(request)));
    case "GET logs":
      return streamRows(signal, (gone) => api.logs(readLogQuery(url.searchParams), gone));
    case "POST run": {
      const body = await readRun(request);
      return streamEvents<RunEvent>(signal, (emit, gone) => api.run(body, emit, gone));
    }
    case "POST run/…/input":
      return takeInput(request, api, Number(second));
    case "POST run/…/signal":
      return found(api.runSignal(Number(second), url.searchParams.get("name") ?? "TERM"));
    case "GET debug": {
      const subject = DEBUG_SUBJECTS.find((name) => name === second);
      return subject ? Response.json(await api.debug(subject)) : found(false);
    }
    default:
      return found(false);
  }
}

async function takeInput(request: Request, api: HostApi, id: number): Promise<Response> {
  try {
    for await (const chunk of request.body ?? []) if (!api.runInput(id, chunk)) return found(false);
  } catch {
    // the client went away: for the command that is the end of input
  }
  return found(api.endRunInput(id));
}

async function readApply(request: Request): Promise<ApplyRequest> {
  const body = await readJson(request);
  const { composeFile, environment } = body;
  if (typeof composeFile !== "string" || !isTexts(environment)) throw malformed("composeFile and environment");
  return { composeFile, environment };
}

async function readObjects(request: Request): Promise<ApplyObjects> {
  const { texts, isDryRun } = await readJson(request);
  const isText = (one: unknown) => isTexts(one) && "name" in one && "text" in one;
  if (!Array.isArray(texts) || !texts.every(isText)) throw malformed("texts, each with name and text");
  return { texts, isDryRun: isDryRun === true };
}

async function readDelete(request: Request): Promise<DeleteObjects> {
  const { keys } = await readJson(request);
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string")) throw malformed("keys");
  return { keys };
}

async function readForget(request: Request): Promise<ForgetRequest> {
  const { secret, address, userAgent, everybody } = await readJson(request);
  if (everybody === true) return { everybody };
  if (typeof secret === "string" && secret !== "") return { secret };
  if (typeof address === "string" && typeof userAgent === "string") return { address, userAgent };
  throw malformed("secret, or address and userAgent, or everybody");
}

async function readUpgrade(request: Request): Promise<UpgradeRequest> {
  const { program, graceMs } = await readJson(request);
  const isGrace = typeof graceMs === "number" && graceMs >= 0 && graceMs <= MAX_GRACE_MS;
  if (!isTexts(program) || !("runtime" in program && "main" in program) || !isGrace) {
    throw malformed("program with runtime and main, and graceMs");
  }
  return { program: { runtime: program.runtime as string, main: program.main as string }, graceMs };
}

async function readRun(request: Request): Promise<RunBody> {
  const body = await readJson(request);
  const { command, workingDirectory, environment } = body;
  const isCommand = Array.isArray(command) && command.length > 0 && command.every((word) => typeof word === "string");
  if (!isCommand || typeof workingDirectory !== "string" || !isTexts(environment)) {
    throw malformed("command, workingDirectory and environment");
  }
  return { command: command as string[], workingDirectory, environment };
}

async function readJson(request: Request): Promise<Record<string, unknown>> {
  const body: unknown = await request.json().catch(() => undefined);
  if (typeof body !== "object" || body === null) throw malformed("a JSON object");
  return body as Record<string, unknown>;
}

function isTexts(value: unknown): value is Record<string, string> {
  return typeof value === "object" && value !== null && Object.values(value).every((text) => typeof text === "string");
}

function readLogQuery(parameters: URLSearchParams): LogQuery {
  const tail = Number(parameters.get("tail") ?? Number.NaN);
  return {
    services: parameters.getAll("service"),
    follow: parameters.get("follow") === "1",
    ...(Number.isInteger(tail) && tail >= 0 ? { tail } : {}),
  };
}

function malformed(wanted: string): MeshError {
  return new MeshError("host_request", `${wanted} expected`);
}

function found(isThere: boolean): Response {
  if (isThere) return new Response(undefined, { status: 204 });
  return Response.json(
    { type: "about:blank", title: "Not Found", status: 404, detail: "there is no such thing" },
    { status: 404 },
  );
}

/** RFC 9457 */
function problem(thrown: unknown): Response {
  const error = asMeshError(thrown, "host_request");
  const status = error.side === "user" ? 400 : 500;
  return Response.json({ type: error.code, title: error.row.means, status, detail: error.sentence }, { status });
}

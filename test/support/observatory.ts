// A real observatory in a process of its own, spoken to as its host and its agents do.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";

const MAIN = new URL("../../src/main/observatory.ts", import.meta.url).pathname;

export type Running = {
  readonly apiUrl: string;
  /** where it takes OTLP over HTTP */
  readonly otlpUrl: string;
  readonly child: Bun.Subprocess<"pipe", "pipe", "pipe">;
  /** POST to the ingest socket */
  post(path: string, body: Uint8Array | string): Promise<Response>;
  get<T>(path: string): Promise<T>;
  /** all of stderr, when it has ended */
  readonly complaints: Promise<string>;
};

export type StartOptions = {
  readonly environment?: Readonly<Record<string, string>>;
  /** put before the command, such as `unshare …` */
  readonly inside?: readonly string[];
  /** where the test sees what the process sees as `root` */
  readonly seenAs?: (pid: number) => string;
};

const OTLP_ANYWHERE = { MESHWISE_OTLP_HTTP_PORT: "0", MESHWISE_OTLP_GRPC_PORT: "0" };

export function spawnObservatory(root: string, { environment, inside = [] }: StartOptions = {}) {
  return Bun.spawn([...inside, process.execPath, MAIN], {
    env: { ...process.env, MESHWISE_STATE: root, MESHWISE_API_PORT: "0", ...OTLP_ANYWHERE, ...environment },
    stdin: "pipe",
    stdout: "pipe",
    stderr: "pipe",
  });
}

/** Resolves when it says it is ready. */
export async function startObservatory(root: string, options: StartOptions = {}): Promise<Running> {
  const child = spawnObservatory(root, options);
  const complaints = new Response(child.stderr).text();
  const line = await firstLine(child.stdout);
  if (line === undefined) throw new Error(`the observatory did not start: ${await complaints}`);
  const { apiUrl, otlp } = JSON.parse(line) as { apiUrl: string; otlp: { http: number } };
  const socket = join(options.seenAs?.(child.pid) ?? root, "ingest.sock");
  return {
    apiUrl,
    otlpUrl: `http://127.0.0.1:${otlp.http}`,
    child,
    complaints,
    post: (path, body) => fetch(`http://ingest${path}`, { method: "POST", body, unix: socket }),
    get: async <T>(path: string) => (await (await fetch(apiUrl + path)).json()) as T,
  };
}

async function firstLine(stream: ReadableStream<Uint8Array>): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of stream) {
    text += decoder.decode(chunk, { stream: true });
    if (text.includes("\n")) return text.slice(0, text.indexOf("\n"));
  }
  return undefined;
}

/** A state directory for one test, gone after `use`. */
export async function inStateDirectory(use: (root: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-observatory-"));
  try {
    await use(join(folder, "shop"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Ends it as its host would. */
export async function end(running: Running): Promise<void> {
  running.child.stdin.end();
  await running.child.exited;
}

export const nowUs = systemClock.nowUs;

// What the TypeScript services share: calls to others, answers to callers, and a graceful end.
import { SQL } from "bun";

export class Problem extends Error {
  readonly status: number;
  readonly more: Readonly<Record<string, unknown>>;

  constructor(status: number, message: string, more: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

export type CallOptions = {
  readonly body?: unknown;
  readonly timeoutMs?: number;
  /** in all; more than one only for what may be said twice */
  readonly attempts?: number;
};

/** Calls a service and reads its JSON. A status of 400 and above is thrown as a Problem with the same status. */
export async function call<T>(method: string, url: string, options: CallOptions = {}): Promise<T> {
  const { body, timeoutMs = 4_000, attempts = method === "GET" ? 2 : 1 } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      return await callOnce<T>(method, url, body, timeoutMs);
    } catch (error) {
      if (attempt >= attempts || !(error instanceof Problem) || error.status < 500) throw error;
      await Bun.sleep(100 * 2 ** attempt * Math.random());
    }
  }
}

async function callOnce<T>(method: string, url: string, body: unknown, timeoutMs: number): Promise<T> {
  const signal = AbortSignal.timeout(timeoutMs);
  try {
    const response = await fetch(url, {
      method,
      signal,
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
    });
    const text = await response.text();
    if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
    const { error, ...more } = parseProblem(text);
    throw new Problem(response.status, String(error ?? `${method} ${url} answered ${response.status}`), more);
  } catch (error) {
    if (error instanceof Problem) throw error;
    if (signal.aborted) throw new Problem(504, `${method} ${url}: no answer within ${timeoutMs} ms`);
    throw new Problem(503, `${method} ${url}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function parseProblem(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Reads a JSON object of at most 64 KiB. */
export async function readObject(request: Request): Promise<Record<string, unknown>> {
  const text = await request.text();
  if (text.length > 65_536) throw new Problem(413, "the body is too large");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {}
  throw new Problem(400, "the body must be a JSON object");
}

export function readText(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value.length > 0 && value.length <= 200) return value;
  throw new Problem(400, `${name} must be a text of 1 to 200 characters`);
}

export function readWhole(body: Record<string, unknown>, name: string, least: number, most: number): number {
  const value = body[name];
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new Problem(400, `${name} must be a whole number from ${least} to ${most}`);
}

/** The value when it has the form of our ids, else a Problem: ids go into keys, paths and queries. */
export function checkId(value: string): string {
  if (/^[A-Za-z0-9-]{1,64}$/.test(value)) return value;
  throw new Problem(400, "an id has 1 to 64 letters, digits and hyphens");
}

/** The ids of a list in a query, `a,b,c`: at most 100, each once. */
export function idList(text: string | null): string[] {
  const ids = [...new Set((text ?? "").split(",").filter(Boolean))];
  if (ids.length > 100) throw new Problem(400, "at most 100 ids at once");
  return ids.map(checkId);
}

/** Turns whatever a handler throws into an answer. What our storage could not do is no mistake of the code: 503, one line. */
export function answering<R extends Request>(handler: (request: R) => Promise<Response>) {
  return (request: R): Promise<Response> =>
    handler(request).catch((error: unknown) => {
      const where = `${request.method} ${new URL(request.url).pathname}`;
      if (error instanceof Problem) {
        if (error.status >= 500) console.error(`${where}: ${error.message}`);
        return Response.json({ error: error.message, ...error.more }, { status: error.status });
      }
      if (error instanceof StorageError || error instanceof SQL.SQLError) {
        console.error(`${where}: ${error.message}`);
        return Response.json({ error: "our storage does not answer" }, { status: 503 });
      }
      console.error(`${where}:`, error);
      return Response.json({ error: "something went wrong here" }, { status: 500 });
    });
}

/** Redis is away, too slow, or refused. */
export class StorageError extends Error {}

export function notFound(): Response {
  return Response.json({ error: "no such page" }, { status: 404 });
}

type Stoppable = {
  readonly port: number | undefined;
  readonly pendingRequests: number;
  stop(now: boolean): Promise<void>;
};

/** Says where the service listens, and ends the process on SIGTERM once the requests that have begun are answered. */
export function runUntilStopped(name: string, server: Stoppable, close?: () => Promise<unknown>): void {
  const stop = async () => {
    void server.stop(false); // resolves only when idle keep-alive connections are gone too: too late for us
    for (let waited = 0; server.pendingRequests > 0 && waited < 8_000; waited += 20) await Bun.sleep(20);
    await close?.();
    console.log(`${name} has stopped`);
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  console.log(`${name} listens on ${server.port}`);
}

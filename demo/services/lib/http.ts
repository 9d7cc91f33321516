// What the TypeScript services share: calls to others, answers to callers, and a graceful end.
export class Problem extends Error {
  readonly status: number;
  readonly more: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

/** Calls a service and reads its JSON. A status of 400 and above is thrown as a Problem with the same status. */
export async function call<T>(method: string, url: string, body?: unknown, timeoutMs = 2_000): Promise<T> {
  const response = await fetch(url, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
  }).catch((error: unknown) => {
    throw new Problem(503, `${method} ${url}: ${error instanceof Error ? error.message : String(error)}`);
  });
  const text = await response.text();
  if (response.ok) return (text ? JSON.parse(text) : undefined) as T;
  const { error, ...more } = parseProblem(text);
  throw new Problem(response.status, error ?? `${method} ${url} answered ${response.status}`, more);
}

function parseProblem(text: string): Record<string, string> {
  try {
    return JSON.parse(text) as Record<string, string>;
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
    if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  } catch {}
  throw new Problem(400, "the body must be a JSON object");
}

export function readText(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value === "string" && value.length > 0 && value.length <= 200) return value;
  throw new Problem(400, `${name} must be a text of 1 to 200 characters`);
}

/** Turns whatever a handler throws into an answer. */
export function answering<R extends Request>(handler: (request: R) => Promise<Response>) {
  return (request: R): Promise<Response> =>
    handler(request).catch((error: unknown) => {
      if (error instanceof Problem) {
        return Response.json({ error: error.message, ...error.more }, { status: error.status });
      }
      console.error(`${request.method} ${new URL(request.url).pathname}:`, error);
      return Response.json({ error: "something went wrong here" }, { status: 500 });
    });
}

/** Ends the process on SIGTERM once the requests that have begun are answered. */
export function stopGracefully(
  name: string,
  server: { readonly pendingRequests: number; stop(now: boolean): Promise<void> },
): void {
  const stop = async () => {
    void server.stop(false); // resolves only when idle keep-alive connections are gone too: too late for us
    for (let waited = 0; server.pendingRequests > 0 && waited < 8_000; waited += 20) await Bun.sleep(20);
    console.log(`${name} has stopped`);
    process.exit(0);
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
}

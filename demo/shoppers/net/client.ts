// A visitor's connections to the shop: kept alive, at most so many at once, each used by one request at a time.
import { Broken, type Connection, dial, type Request, type Target } from "./connection.ts";
import type { Link } from "./link.ts";
import type { Response } from "./response.ts";

export type Client = {
  /** Rejects with `Broken`; an abort of `signal` closes the connection, as a browser does that goes elsewhere. */
  exchange(request: Request, signal: AbortSignal): Promise<Response>;
  /** Closes what is open; the next exchange opens anew. */
  close(): void;
};

export type Origin = Target & {
  /** for the Host header */
  readonly authority: string;
  /** whether visitors can have addresses of their own: the shop is on loopback */
  readonly isLoopback: boolean;
};

type Options = { readonly origin: Origin; readonly address: string; readonly link: Link; readonly limit: number };

export function client({ origin, address, link, limit }: Options): Client {
  const idle: Connection[] = [];
  const busy = new Set<Connection>();
  const queue: (() => void)[] = [];
  let count = 0;

  function takeIdle(): Connection | undefined {
    for (let one = idle.pop(); one; one = idle.pop()) if (one.isOpen()) return one;
    return undefined;
  }

  async function exchange(request: Request, signal: AbortSignal): Promise<Response> {
    while (count >= limit) await new Promise<void>((free) => queue.push(free));
    count += 1;
    try {
      const old = takeIdle();
      if (signal.aborted) throw new Broken("the visitor left");
      if (!old) return await use(await dialled(), request, signal);
      try {
        return await use(old, request, signal);
      } catch (error) {
        // as browsers do: the shop had closed the idle connection just then. A form is never sent twice by itself.
        const isStale = error instanceof Broken && !error.hasBegun && request.method !== "POST" && !signal.aborted;
        if (!isStale) throw error;
        return await use(await dialled(), request, signal);
      }
    } finally {
      count -= 1;
      queue.shift()?.();
    }
  }

  const dialled = () => dial(origin, origin.isLoopback ? address : undefined, link);

  async function use(connection: Connection, request: Request, signal: AbortSignal): Promise<Response> {
    const leave = () => connection.close();
    if (signal.aborted) leave();
    signal.addEventListener("abort", leave, { once: true });
    busy.add(connection);
    try {
      const response = await connection.exchange(request);
      if (connection.isOpen()) idle.push(connection);
      else connection.close();
      return response;
    } finally {
      busy.delete(connection);
      signal.removeEventListener("abort", leave);
    }
  }

  function close(): void {
    for (const connection of [...idle.splice(0), ...busy]) connection.close();
  }

  return { exchange, close };
}

/** Throws a sentence for what is no address of a shop. */
export function originOf(text: string): Origin {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "http:") throw new Error(`the shop's address begins with http://, not ${JSON.stringify(text)}`);
  const isLoopback = /^127\.|^localhost$/.test(url.hostname);
  const host = url.hostname === "localhost" ? "127.0.0.1" : url.hostname.replace(/^\[|\]$/g, "");
  return { host, port: Number(url.port || 80), authority: url.host, isLoopback };
}

// wrk as the load generator: closed loop, keep-alive, so many connections, one thread.
import { LOAD_CORE } from "../contenders/contender.ts";
import { runPinned } from "./children.ts";

export type Load = {
  readonly connections: number;
  readonly url: string;
  readonly headers: readonly string[];
  /** a file in Lua that makes the requests */
  readonly script?: string;
};

export type LoadResult = { readonly requests: number; readonly seconds: number };

/** Throws when a single request failed: figures of a proxy that fails mean nothing. */
export async function runWrk(load: Load, seconds: number): Promise<LoadResult> {
  return readWrk(await runPinned(LOAD_CORE, wrkCommand(load, seconds)));
}

export function wrkCommand({ connections, url, headers, script }: Load, seconds: number): string[] {
  return [
    ...["wrk", "-t", "1", "-c", String(connections), "-d", `${seconds}s`, "--timeout", "5s"],
    ...(script === undefined ? [] : ["-s", script]),
    ...headers.flatMap((header) => ["-H", header]),
    url,
  ];
}

export function readWrk(output: string): LoadResult {
  const failed = /Socket errors: .*|Non-2xx or 3xx responses: .*/.exec(output)?.[0];
  if (failed) throw new Error(`wrk saw failures: ${failed}`);
  const [, requests, amount, unit] = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(output) ?? [];
  if (requests === undefined || Number(requests) === 0) throw new Error(`wrk made no request: ${output.trim()}`);
  const seconds = Number(amount) * ({ ms: 0.001, s: 1, m: 60 }[unit ?? "s"] ?? 1);
  return { requests: Number(requests), seconds };
}

// wrk as the load generator: closed loop, keep-alive, so many connections, one thread.

export type Load = {
  readonly core: number;
  readonly connections: number;
  readonly url: string;
  readonly headers: readonly string[];
};

export type LoadResult = { readonly requests: number; readonly seconds: number };

/** Throws when a single request failed: figures of a proxy that fails mean nothing. */
export async function runWrk(load: Load, seconds: number): Promise<LoadResult> {
  const child = Bun.spawn(
    [
      ...["setpriv", "--pdeathsig", "KILL", "taskset", "--cpu-list", String(load.core)],
      ...["wrk", "-t", "1", "-c", String(load.connections), "-d", `${seconds}s`, "--timeout", "5s"],
      ...load.headers.flatMap((header) => ["-H", header]),
      load.url,
    ],
    { stdin: "ignore", stdout: "pipe", stderr: "pipe" },
  );
  const [output, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) throw new Error(`wrk failed: ${errors.trim() || output.trim()}`);
  return readWrk(output);
}

export function readWrk(output: string): LoadResult {
  const failed = /Socket errors: .*|Non-2xx or 3xx responses: .*/.exec(output)?.[0];
  if (failed) throw new Error(`wrk saw failures: ${failed}`);
  const [, requests, amount, unit] = /(\d+) requests in ([\d.]+)(ms|s|m),/.exec(output) ?? [];
  if (requests === undefined || Number(requests) === 0) throw new Error(`wrk made no request: ${output.trim()}`);
  const seconds = Number(amount) * ({ ms: 0.001, s: 1, m: 60 }[unit ?? "s"] ?? 1);
  return { requests: Number(requests), seconds };
}

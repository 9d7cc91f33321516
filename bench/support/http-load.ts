// The load of all suites that count requests: what a browser's page asks a shop for.
import { type Load, type LoadResult, runWrk } from "./wrk.ts";

export const CONNECTIONS = 48;
export const PATH = "/api/v1/resource-7/items/42?currency=EUR";
export const HEADERS = [
  "User-Agent: Mozilla/5.0 (X11; Linux x86_64) shop/1.0",
  "Accept: application/json",
  "Accept-Encoding: gzip, deflate, br",
  "Accept-Language: en-US,en;q=0.9",
  "Cookie: session=3f2a9c77d1; theme=dark",
];

/** by then an engine has compiled what it is going to compile */
const WARM_REQUESTS = 150_000;

/** Runs load for so many seconds; throws when a request failed. */
export type Run = (seconds: number) => Promise<LoadResult>;

export function loadOn(port: number, more: Partial<Load> = {}): Run {
  const load = { connections: CONNECTIONS, url: `http://127.0.0.1:${port}${PATH}`, headers: HEADERS, ...more };
  return (seconds) => runWrk(load, seconds);
}

/** Compiled programs need no more than their connections made. */
export async function warmUp(run: Run, atMostS: number): Promise<void> {
  let requests = 0;
  for (let second = 0; second < atMostS && requests < WARM_REQUESTS; second++) {
    requests += (await run(1)).requests;
  }
}

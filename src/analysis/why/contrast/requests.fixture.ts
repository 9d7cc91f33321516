// Requests to a service of three workloads, two versions, three routes and two callers, with known truth.
import { type Random, seededRandom } from "../../../base/random.ts";
import type { SeenExchange } from "../../../model/figures.ts";

const ROUTES = [
  { route: "GET /cart/{id}", ms: 20 },
  { route: "POST /cart/{id}/items", ms: 60 },
  { route: "GET /report", ms: 400 },
] as const;
/** of the routes */
const USUAL_MIX = [0.6, 0.35, 0.05];

export type Fault = {
  /** which requests take `ms` more and fail in this share */
  readonly on: (request: SeenExchange) => boolean;
  readonly ms?: number;
  readonly fails?: number;
};

export function requests(
  count: number,
  fault?: Fault,
  { seed = 1, mix = USUAL_MIX, always }: { seed?: number; mix?: readonly number[]; always?: Fault } = {},
): SeenExchange[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, at) => {
    const usual = request(random, mix, at);
    return [always, fault].reduce((one, added) => (added?.on(one) ? suffer(one, added, random) : one), usual);
  });
}

function suffer(one: SeenExchange, { ms = 0, fails = 0 }: Fault, random: Random): SeenExchange {
  const hasFailed = random.unit() < fails;
  return { ...one, durationUs: one.durationUs + 1000 * ms, ...(hasFailed && { status: 500 }) };
}

function request(random: Random, mix: readonly number[], at: number): SeenExchange {
  const draw = random.unit();
  const kind = ROUTES[
    draw < (mix[0] ?? 0) ? 0 : draw < (mix[0] ?? 0) + (mix[1] ?? 0) ? 1 : 2
  ] as (typeof ROUTES)[number];
  const first = 1 + (random.u32() % 3);
  const second = 1 + ((first + (random.u32() % 2)) % 3);
  return {
    startUs: 10_000 * at,
    traceId: `trace-${at}`,
    spanId: `span-${at}`,
    serverSpanId: `server-${at}`,
    confidence: 1,
    source: random.unit() < 0.7 ? "web" : "app",
    sourceWorkload: "",
    destination: "cart",
    destinationWorkload: `cart-${first}`,
    version: first === 3 ? "v2" : "v1",
    rival: `cart-${second}`,
    port: 80,
    protocol: "http/1.1",
    method: kind.route.split(" ")[0] as string,
    path: `/cart/${random.u32() % 20}`,
    route: kind.route,
    authority: "cart",
    status: 200,
    attempts: 1,
    flags: random.unit() < 0.95 ? ["reused"] : [],
    durationUs: 1000 * kind.ms * (0.5 + random.unit() + random.unit() * random.unit()),
    phases: {},
    requestBytes: random.u32() % 900,
    responseBytes: 100,
  };
}

// A small mesh with known truth: web calls cart and ads, cart calls db; a cron job calls ads from outside of web's tree.
import { seededRandom } from "../../base/random.ts";
import type { Facts, ServiceFacts } from "./facts.ts";

const NAMES = ["web", "cart", "ads", "db", "cron"] as const;
type Name = (typeof NAMES)[number];
const USUAL = 120;
const WINDOW = 6;

/**
 * what a fault adds to each request: own seconds, share that fails by itself, and calls of what it calls; `tries`: as often
 * does it try again what failed, all the time
 */
type Fault = { readonly own?: number; readonly fails?: number; readonly calls?: number; readonly tries?: number };

type Rest = {
  readonly load?: number;
  readonly seed?: number;
  /** samples of the baseline at which the same began before, and how many it lasted */
  readonly before?: readonly (readonly [from: number, length: number])[];
};

export function mesh(faults: Partial<Record<Name, Fault>>, { load = 1, seed = 7, before = [] }: Rest = {}): Facts {
  const random = seededRandom(seed);
  const noisy = (value: number) => value * (1 + 0.1 * (random.unit() + random.unit() - 1));
  const length = USUAL + WINDOW;
  const services = Object.fromEntries(NAMES.map((name) => [name, blank(name, length)])) as Record<Name, ServiceFacts>;
  for (let at = 0; at < length; at++) {
    const isOn = at >= USUAL + 2 || before.some(([from, samples]) => at >= from && at < from + samples);
    const fault = (name: Name): Fault => (isOn ? (faults[name] ?? {}) : {});
    const own = (name: Name, usual: number) => noisy(usual) + (fault(name).own ?? 0);
    const works = (name: Name) => 1 - (fault(name).fails ?? 0);
    const requests = Math.round(noisy(400) * (at >= USUAL ? load : 1));
    const db = { latency: own("db", 0.01), works: works("db") };
    const ads = { latency: own("ads", 0.02), works: works("ads") };
    const calls = 2 + (fault("cart").calls ?? 0);
    const tries = 1 + (faults.cart?.tries ?? 0);
    const cart = {
      latency: own("cart", 0.02) + calls * db.latency,
      works: works("cart") * (1 - (1 - db.works) ** tries) ** calls,
    };
    const web = {
      latency: own("web", 0.03) + cart.latency + ads.latency,
      works: works("web") * cart.works * ads.works,
    };
    const jobs = Math.round(noisy(50));
    put("web", requests, web);
    put("cart", requests, cart);
    put("ads", requests + jobs, ads);
    put("db", calls * requests, db);
    put("cron", jobs, { latency: own("cron", 1) + ads.latency, works: works("cron") * ads.works });
    function put(name: Name, count: number, { latency, works }: { latency: number; works: number }): void {
      const service = services[name];
      service.requests[at] = count;
      service.availability[at] = 1 - Math.round((1 - works) * count) / count;
      for (const series of Object.values(service.latency)) series[at] = latency;
    }
  }
  return {
    services: NAMES.map((name) => services[name]),
    edges: [
      [0, 1],
      [0, 2],
      [1, 3],
      [4, 2],
    ],
    times: Float64Array.from({ length }, (_, at) => 1_900_000_000 + 60 * at),
    usual: USUAL,
    intervalS: 60,
  };
}

function blank(name: string, length: number): ServiceFacts {
  const series = () => new Float64Array(length).fill(Number.NaN);
  const latency = { mean: series(), p50: series(), p90: series(), p95: series(), p99: series() };
  return { name, requests: series(), availability: series(), latency };
}

// A mesh that does not exist, as its agent would tell of it: services in namespaces and layers that call each other, some
// failing, some slow, workloads with versions and resources. The same seed makes the same mesh.
import { type Random, seededRandom } from "../../src/base/random.ts";
import { workloadAddress } from "../../src/model/address.ts";
import type { Change } from "../../src/model/change.ts";
import { FLAG, METHODS, PROTOCOLS, type Span } from "../../src/model/span.ts";
import type { Sample, WorkloadSample } from "../../src/model/telemetry.ts";
import { batchOf, span } from "./telemetry.ts";

export type SyntheticOptions = {
  readonly services: number;
  readonly namespaces: number;
  readonly seed: number;
  /** requests per second that come from outside; each makes some ten exchanges */
  readonly visitors?: number;
};

export type SyntheticMesh = {
  readonly services: readonly SyntheticService[];
  sample(atUs: number): Sample;
  /** exchanges of the requests that came in [fromUs, toUs) */
  spans(fromUs: number, toUs: number): Span[];
};

export type SyntheticService = {
  readonly key: number;
  readonly name: string;
  readonly namespace: string;
  /** 0: is called from outside; the last layer stores */
  readonly layer: number;
  readonly calls: readonly Call[];
  readonly protocol: "http/1.1" | "tcp";
  readonly port: number;
  /** of a request without what it waits for, µs */
  readonly medianUs: number;
  /** 0…1, of its own making */
  readonly failureShare: number;
  readonly workloads: readonly SyntheticWorkload[];
};

type Call = { readonly to: SyntheticService | OutsideName /** per request */; readonly chance: number };
type OutsideName = { readonly authority: string };
type SyntheticWorkload = {
  readonly key: number;
  readonly id: string;
  readonly version: string;
  readonly state: "running" | "backoff";
  cpuUs: number;
};

const PROJECT = "synthetic";
const NAMESPACES = ["shop", "billing", "search", "media", "identity", "logistics", "analytics", "support"];
const ROLES_BY_LAYER = [
  ["web"],
  [
    ["cart", "checkout", "catalog", "orders", "profile", "recommend", "reports", "tickets"],
    ["returns", "wishlist", "reviews", "offers", "invoices", "timeline"],
  ].flat(),
  [
    ["pricing", "payment", "inventory", "shipping", "sessions", "ranking", "ledger", "notify"],
    ["audit", "tax", "geo", "render"],
  ].flat(),
  ["db", "cache", "queue", "index"],
] as const;
const OUTSIDE_NAMES = ["api.payments.example", "mail.example", "maps.example"];
const MOST_HOPS = 6;

export function syntheticMesh(options: SyntheticOptions): SyntheticMesh {
  const random = seededRandom(options.seed);
  const services = servicesOf(options, random);
  const entries = services.filter(({ layer }) => layer === 0);
  const visitors = options.visitors ?? 40;
  let began: number | undefined;

  return {
    services,
    sample(atUs) {
      began ??= atUs;
      return { ...sampleOf(services, atUs), changes: [changeOf(services, began)] };
    },
    spans(fromUs, toUs) {
      const made: Span[] = [];
      const requests = (visitors * (toUs - fromUs)) / 1e6;
      for (let left = Math.floor(requests) + (random.unit() < requests % 1 ? 1 : 0); left > 0; left--) {
        const entry = entries[random.u32() % entries.length] as SyntheticService;
        const startUs = Math.floor(fromUs + random.unit() * (toUs - fromUs));
        exchange({ source: 0, to: entry, startUs, trace: random.u32(), hops: 0, made, random });
      }
      return made;
    },
  };
}

/** A minute after the beginning, as its agent goes on telling. */
function changeOf([first]: readonly SyntheticService[], beganUs: number): Change {
  const { namespace = "", name: service = "", workloads: [workload] = [] } = first ?? {};
  const text = `${workload?.id} is given no requests: port 8080: 5 failures in a row; out for 10 s`;
  const of = { namespace, service, workload: workload?.id ?? "", version: workload?.version ?? "" };
  return { atUs: beganUs + 60e6, kind: "ejection", ...of, text };
}

/** @param sequence rises with each batch */
export function syntheticBatch(spans: readonly Span[], sequence: number): Uint8Array {
  return batchOf(spans, sequence, "synthetic-agent");
}

function servicesOf({ services: count, namespaces: spaces }: SyntheticOptions, random: Random): SyntheticService[] {
  const made: (SyntheticService & { calls: Call[] })[] = [];
  let workloadKey = 100_000;
  for (let index = 0; index < count; index++) {
    const space = index % spaces;
    const namespace = NAMESPACES[space] ?? `team-${space + 1}`;
    const nth = Math.floor(index / spaces);
    const layer = nth === 0 ? 0 : nth % 6 === 5 ? 3 : 1 + (nth % 2);
    const roles = ROLES_BY_LAYER[layer] as readonly string[];
    const before = made.filter((one) => one.namespace === namespace && one.layer === layer).length;
    const role = roles[before % roles.length] as string;
    const again = before < roles.length ? "" : `-${Math.floor(before / roles.length) + 1}`;
    const name = (space === 0 ? role : `${namespace}-${role}`) + again;
    const isTcp = layer === 3;
    const isSlow = index % 23 === 11;
    const replicas = isTcp ? 1 : 1 + (random.u32() % 3);
    const version = `1.${random.u32() % 9}.${random.u32() % 20}`;
    made.push({
      key: index + 1,
      name,
      namespace,
      layer,
      calls: [],
      protocol: isTcp ? "tcp" : "http/1.1",
      port: isTcp ? 5432 : 8080,
      medianUs: (isTcp ? 800 : 4_000) * (0.5 + random.unit()) * (isSlow ? 40 : 1),
      failureShare: index % 37 === 17 ? 0.12 : 0,
      workloads: Array.from({ length: replicas }, (_, ordinal) => ({
        key: workloadKey++,
        id: `${name}-${ordinal + 1}`,
        // one in ten is in the middle of a rollout
        version: index % 10 === 3 && ordinal === 0 ? "2.0.0" : version,
        state: index % 41 === 29 && ordinal === replicas - 1 && replicas > 1 ? "backoff" : "running",
        cpuUs: 0,
      })),
    });
  }
  for (const [index, service] of made.entries()) {
    const below = made.filter(({ layer }) => layer > service.layer);
    const near = below.filter(({ namespace }) => namespace === service.namespace);
    const wanted = service.layer === 3 ? 0 : 1 + (random.u32() % 3);
    for (let i = 0; i < wanted; i++) {
      const from = near.length > 0 && random.unit() < 0.8 ? near : below;
      const to = from[random.u32() % from.length];
      if (to && !service.calls.some((call) => call.to === to))
        service.calls.push({ to, chance: 0.3 + 0.6 * random.unit() });
    }
    if (service.layer === 2 && index % 29 === 5) {
      service.calls.push({ to: { authority: OUTSIDE_NAMES[index % OUTSIDE_NAMES.length] as string }, chance: 0.5 });
    }
  }
  // what nobody calls is called by an entry of its namespace, so that every service has traffic
  for (const service of made) {
    if (service.layer === 0 || made.some(({ calls }) => calls.some(({ to }) => to === service))) continue;
    const callers = made.filter((one) => one.layer < service.layer && one.namespace === service.namespace);
    (callers[random.u32() % callers.length] ?? made[0])?.calls.push({ to: service, chance: 0.2 });
  }
  return made;
}

type Hop = {
  /** key of the caller's workload; 0 is the outside */
  readonly source: number;
  readonly to: SyntheticService;
  readonly startUs: number;
  readonly trace: number;
  readonly hops: number;
  readonly made: Span[];
  readonly random: Random;
};

/** Adds the exchange and all that it leads to; returns how long it took and whether it failed. */
function exchange({ source, to, startUs, trace, hops, made, random }: Hop): {
  readonly us: number;
  readonly isOk: boolean;
} {
  const up = to.workloads.filter(({ state }) => state === "running");
  const workload = up[random.u32() % up.length] as SyntheticWorkload;
  const ownUs = Math.floor(to.medianUs * 10 ** ((random.unit() + random.unit() - 1) * 0.7));
  workload.cpuUs += Math.min(ownUs * 0.3, 20_000);
  let us = ownUs;
  let isOk = random.unit() >= to.failureShare;
  for (const call of hops < MOST_HOPS ? to.calls : []) {
    if (random.unit() > call.chance) continue;
    const below =
      "authority" in call.to
        ? outsideCall(workload.key, call.to, startUs + us, { trace, made, random })
        : exchange({ source: workload.key, to: call.to, startUs: startUs + us, trace, hops: hops + 1, made, random });
    us += below.us;
    // most failures are passed on, some are lived with
    if (!below.isOk && random.unit() < 0.9) isOk = false;
  }
  const isTcp = to.protocol === "tcp";
  const status = isOk ? (random.unit() < 0.02 ? 404 : 200) : 500;
  made.push(
    span({
      startUs,
      end: us,
      firstByte: Math.floor(us * 0.9),
      source,
      service: to.key,
      workload: workload.key,
      flags: source === 0 ? FLAG.published : FLAG.reused,
      authority: `${to.name}:${to.port}`,
      port: to.port,
      protocol: PROTOCOLS.indexOf(to.protocol),
      method: isTcp ? 0 : METHODS.indexOf(random.unit() < 0.8 ? "GET" : "POST"),
      status: isTcp ? 0 : status,
      path: isTcp ? "" : `/${to.name}/${random.u32() % 500}`,
      requestBytes: 200 + (random.u32() % 800),
      responseBytes: 500 + (random.u32() % 20_000),
      trace0: trace,
      trace3: trace,
      client0: random.u32(),
      client1: random.u32(),
    }),
  );
  return { us, isOk };
}

type OutsideHop = Pick<Hop, "trace" | "made" | "random">;

function outsideCall(source: number, { authority }: OutsideName, startUs: number, { trace, made, random }: OutsideHop) {
  const us = Math.floor(60_000 * (0.5 + random.unit()));
  const isOk = random.unit() >= 0.01;
  made.push(
    span({
      startUs,
      end: us,
      source,
      service: 0,
      workload: 0,
      flags: FLAG.egress,
      authority: `${authority}:443`,
      port: 443,
      protocol: PROTOCOLS.indexOf("http/1.1"),
      method: METHODS.indexOf("POST"),
      status: isOk ? 200 : 503,
      path: "/v1",
      requestBytes: 900,
      responseBytes: 400,
      trace0: trace,
      trace3: trace,
      client0: random.u32(),
    }),
  );
  return { us, isOk };
}

function sampleOf(services: readonly SyntheticService[], atUs: number): Sample {
  return {
    agent: "synthetic-agent",
    atUs,
    project: PROJECT,
    services: services.map(({ key, name, namespace }) => ({ key, name, namespace })),
    workloads: services.flatMap((service) => service.workloads.map((one) => workloadSample(service, one, atUs))),
    processes: [
      { role: "host", index: 0, pid: 100, cpuUs: 4e6, pssBytes: 38e6 },
      { role: "runner", index: 0, pid: 101, cpuUs: 2e6, pssBytes: 30e6 },
      { role: "supervisor", index: 0, pid: 102, cpuUs: 9e6, pssBytes: 41e6 },
      { role: "opener", index: 0, pid: 103, cpuUs: 1e6, pssBytes: 25e6 },
      { role: "worker", index: 0, pid: 104, cpuUs: 80e6, pssBytes: 52e6 },
      { role: "worker", index: 1, pid: 105, cpuUs: 77e6, pssBytes: 50e6 },
    ],
    lost: { ring: 0, upload: 0 },
  };
}

const STARTED_BEFORE_US = 3_600e6;

function workloadSample(service: SyntheticService, one: SyntheticWorkload, atUs: number): WorkloadSample {
  const isUp = one.state === "running";
  return {
    key: one.key,
    id: one.id,
    service: service.name,
    version: one.version,
    identity: `spiffe://meshwise.local/ns/${service.namespace}/sa/${service.name}`,
    address: workloadAddress(one.key % 60_000),
    declaredPorts: [service.port],
    state: one.state,
    health: isUp ? "healthy" : "none",
    revision: one.version,
    startedAtUs: Math.floor(atUs - STARTED_BEFORE_US),
    restarts: isUp ? 0 : 7,
    ...(!isUp && { exitCode: 1, reason: "it ended with code 1; it is started again in 30 s" }),
    limits: { cpus: 0.5, memoryBytes: 256 << 20 },
    connections: isUp ? 2 + (one.key % 7) : 0,
    readyPorts: isUp ? [service.port] : [],
    resources: {
      cpuUs: Math.floor(one.cpuUs),
      memoryBytes: (40 + (one.key % 90)) * 2 ** 20,
      throttledUs: Math.floor(one.cpuUs * 0.02),
    },
  };
}

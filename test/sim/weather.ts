// What a seed stands for: how big the mesh is, how the network is, and which faults there are. Most seeds have few kinds of
// faults, each often, because rare combinations are found sooner that way than with all of them at once (swarm testing).
//
// A calm seed has no fault that excuses a failed request: endpoints come and go, workers are replaced in an orderly way,
// snapshots change all the time, servers close connections at their announced limits. There, every request must succeed.
import {
  DEFAULT_POLICY,
  type LoadBalancing,
  RETRY_CAUSES,
  type TrafficPolicy,
} from "../../src/model/traffic-policy.ts";
import type { Draw } from "./draw.ts";
import type { Link } from "./net/endpoint.ts";

export type Weather = {
  readonly isCalm: boolean;
  readonly workers: number;
  readonly services: number;
  readonly replicas: number;
  readonly clients: number;
  /** connections that a client opens, one after the other */
  readonly visits: number;
  readonly requestsPerVisit: number;
  readonly thinkMs: number;
  /** client to mesh, and mesh to server */
  readonly near: Link;
  readonly far: Link;
  /** what an event costs a worker, ms */
  readonly costMs: number;
  readonly client: ClientHabits;
  readonly server: ServerHabits;
  readonly policy: TrafficPolicy;
  readonly hasRoutes: boolean;
  /** mean time between changes, ms; 0: none */
  readonly rollEveryMs: number;
  readonly crashEveryMs: number;
  readonly vanishEveryMs: number;
  readonly touchEveryMs: number;
  readonly replaceWorkerEveryMs: number;
  readonly killWorkerEveryMs: number;
  readonly stallEveryMs: number;
  readonly stallMs: number;
  /** how long the opener takes, at most; share of dials that it fails */
  readonly openerMs: number;
  readonly openerFails: number;
};

/** shares of requests, or of connections */
export type ClientHabits = {
  readonly posts: number;
  readonly pipelined: number;
  readonly crumbled: number;
  readonly chunkedBodies: number;
  readonly bigBodies: number;
  readonly leaves: number;
  readonly halfCloses: number;
  readonly vanishes: number;
  readonly slow: number;
  readonly old: number;
  readonly expects: number;
};

export type ServerHabits = {
  readonly workMs: number;
  /** a connection at rest is closed after so long; Infinity: never */
  readonly idleMs: number;
  /** says `Connection: close` */
  readonly announces: number;
  readonly chunked: number;
  readonly closeDelimited: number;
  readonly crumbled: number;
  readonly big: number;
  readonly interim: number;
  readonly errors: number;
  readonly early: number;
  readonly hangs: number;
  /** ends the connection instead of answering */
  readonly drops: number;
  /** ends it in the middle of an answer */
  readonly breaks: number;
  /** closes a resting connection whenever it likes */
  readonly fickle: number;
  /** says 408 before it closes a resting connection */
  readonly says408: number;
  /** closes a resting connection in the moment in which a request comes; a calm server only before one that may be sent
   *  again */
  readonly crosses: number;
};

export function drawWeather(draw: Draw): Weather {
  const isCalm = draw.chance(0.4);
  /** a fault that this seed may have: mostly not at all */
  const fault = (most: number) => (!isCalm && draw.chance(0.3) ? draw.wide(most / 20, most) : 0);
  /** something harmless that this seed may have */
  const habit = (most: number) => (draw.chance(0.4) ? draw.wide(most / 10, most) : 0);
  const often = (ms: number) => (draw.chance(0.5) ? draw.wide(ms / 4, ms * 2) : 0);
  const faultOften = (ms: number) => (!isCalm && draw.chance(0.3) ? draw.wide(ms / 4, ms * 2) : 0);
  const near: Link = {
    delayMs: draw.wide(0.01, draw.chance(0.3) ? 100 : 1),
    jitterMs: draw.wide(0.01, 2),
    bytesPerMs: draw.wide(1_000, 1_000_000),
    capacity: Math.floor(draw.wide(2_000, 2_000_000)),
    loss: habit(0.05),
    splits: habit(0.5),
  };
  return {
    isCalm,
    workers: 1 + draw.below(3),
    services: 1 + draw.below(2),
    replicas: 1 + draw.below(4),
    clients: 1 + draw.below(8),
    visits: 1 + draw.below(6),
    requestsPerVisit: Math.round(draw.wide(1, 20)),
    thinkMs: draw.wide(0.1, 4_000),
    near,
    far: {
      delayMs: draw.wide(0.01, 0.2),
      jitterMs: draw.wide(0.01, 1),
      bytesPerMs: draw.wide(10_000, 1_000_000),
      capacity: Math.floor(draw.wide(10_000, 2_000_000)),
      loss: fault(0.1),
      splits: habit(0.5),
    },
    costMs: draw.wide(0.005, 0.2),
    client: {
      posts: draw.between(0, 0.8),
      pipelined: habit(0.5),
      crumbled: habit(0.5),
      chunkedBodies: habit(0.5),
      bigBodies: habit(0.1),
      leaves: habit(0.2),
      halfCloses: isCalm ? 0 : habit(0.2),
      vanishes: fault(0.1),
      slow: habit(0.3),
      old: habit(0.2),
      expects: habit(0.2),
    },
    server: {
      workMs: draw.wide(0.1, 200),
      idleMs: draw.chance(0.3) ? Number.POSITIVE_INFINITY : draw.wide(isCalm ? 4_500 : 200, 20_000),
      announces: habit(0.2),
      chunked: habit(0.5),
      closeDelimited: habit(0.2),
      crumbled: habit(0.3),
      big: habit(0.1),
      interim: habit(0.2),
      errors: fault(0.3),
      early: fault(0.2),
      hangs: fault(0.05),
      drops: fault(0.2),
      breaks: fault(0.2),
      fickle: fault(0.5),
      says408: habit(0.5),
      crosses: habit(0.2),
    },
    policy: drawPolicy(draw, isCalm),
    hasRoutes: draw.chance(0.4),
    rollEveryMs: often(3_000),
    crashEveryMs: faultOften(4_000),
    vanishEveryMs: faultOften(20_000),
    touchEveryMs: often(2_000),
    replaceWorkerEveryMs: often(5_000),
    killWorkerEveryMs: faultOften(6_000),
    stallEveryMs: often(2_000),
    stallMs: draw.wide(1, isCalm ? 100 : 2_000),
    openerMs: draw.wide(0.05, draw.chance(0.2) ? 500 : 2),
    openerFails: fault(0.2),
  };
}

export function drawBalancing(draw: Draw): LoadBalancing {
  const type = draw.pick(["peak-ewma", "least-request", "round-robin", "random", "ring-hash", "maglev"] as const);
  const hashOn = draw.pick([
    { type: "header", name: "x-id" },
    { type: "query", name: "q" },
    { type: "address" },
    undefined,
  ] as const);
  return {
    type,
    ...(hashOn ? { hashOn } : {}),
    slowStartMs: draw.chance(0.3) ? draw.wide(10, 5_000) : 0,
    zonePreference: 0,
    warmConnections: draw.chance(0.2) ? 1 + draw.below(2) : 0,
  };
}

/** A calm seed's policy refuses nothing and spoils nothing; how it balances, retries and ejects may be anything. */
function drawPolicy(draw: Draw, isCalm: boolean): TrafficPolicy {
  if (draw.chance(0.3)) return DEFAULT_POLICY;
  const some = <T>(value: T, otherwise: T) => (!isCalm && draw.chance(0.3) ? value : otherwise);
  const { retries, circuitBreaking, concurrency } = DEFAULT_POLICY;
  return {
    ...DEFAULT_POLICY,
    loadBalancing: drawBalancing(draw),
    retries: {
      ...retries,
      on: ["connect-failure", ...RETRY_CAUSES.slice(1).filter(() => draw.chance(0.3))],
      attempts: isCalm ? 3 : draw.below(4),
      perTryMs: some(draw.wide(20, 2_000), 0),
      backoffMs: draw.wide(1, 100),
      unsafe: some(true, false),
      budgetShare: some(draw.between(0, 0.5), retries.budgetShare),
      budgetPerSecond: some(draw.below(3), retries.budgetPerSecond),
    },
    circuitBreaking: some(
      {
        maxConnections: draw.chance(0.5) ? 1 + draw.below(6) : 0,
        maxPending: draw.chance(0.5) ? draw.below(6) : 0,
        maxRequests: draw.chance(0.5) ? 1 + draw.below(6) : 0,
      },
      circuitBreaking,
    ),
    outlierEjection: {
      ...DEFAULT_POLICY.outlierEjection,
      isOn: draw.chance(0.7),
      consecutiveFailures: 1 + draw.below(5),
      latencyFactor: draw.chance(0.3) ? draw.between(1.5, 5) : 0,
      successRateDeviations: draw.chance(0.3) ? draw.between(1, 3) : 0,
      intervalMs: draw.wide(500, 10_000),
      ejectionMs: draw.wide(100, 5_000),
      maxShare: draw.between(0, 1),
    },
    concurrency: some({ isOn: true, min: 1 + draw.below(8), max: 10 + draw.below(100) }, concurrency),
    rateLimits: some(
      [
        {
          name: "limit",
          by: draw.pick([{ type: "all" }, { type: "caller" }] as const),
          requests: 1 + draw.below(50),
          perMs: 1_000,
          burst: draw.below(20),
          onTrouble: "pass" as const,
        },
      ],
      [],
    ),
    faults: some(
      [
        {
          name: "fault",
          share: draw.random.unit(),
          delayMs: draw.chance(0.5) ? draw.wide(1, 500) : 0,
          abort: draw.pick([0, 500, 503, "reset"] as const),
          bandwidth: draw.chance(0.3) ? Math.round(draw.wide(1_000, 1_000_000)) : 0,
        },
      ],
      [],
    ),
    health: { panicThreshold: draw.chance(0.5) ? 0 : draw.random.unit() },
  };
}

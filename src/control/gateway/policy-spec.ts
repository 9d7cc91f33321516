// A TrafficPolicy's spec as it is written ⇄ the policy that is enforced. Specs are laid over each other field by field.
import {
  DEFAULT_POLICY,
  type Fault,
  type HealthChecks,
  type LoadBalancing,
  type PolicyPatch,
  type RateLimit,
  type RetryCause,
} from "../../model/traffic-policy.ts";
import { durationText, milliseconds } from "./duration.ts";
import type { RawTrafficPolicy } from "./raw.ts";

const BALANCERS = {
  PeakEWMA: "peak-ewma",
  LeastRequest: "least-request",
  RoundRobin: "round-robin",
  Random: "random",
  RingHash: "ring-hash",
  Maglev: "maglev",
} as const satisfies Record<string, LoadBalancing["type"]>;
const CAUSES = {
  ConnectFailure: "connect-failure",
  Reset: "reset",
  "5xx": "5xx",
  GatewayError: "gateway-error",
  Retriable4xx: "retriable-4xx",
  Timeout: "timeout",
} as const satisfies Record<string, RetryCause>;
const QUANTITY = { "": 1, k: 1e3, M: 1e6, G: 1e9, Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30 } as const;

/** Only what is written. */
export function policyPatch(spec: RawTrafficPolicy): PolicyPatch {
  const { loadBalancing: balance, retries, timeouts, circuitBreaking, outlierEjection: outlier, concurrency } = spec;
  return defined({
    loadBalancing:
      balance &&
      defined({
        type: balance.type && BALANCERS[balance.type],
        hashOn: balance.hashOn && hashOf(balance.hashOn),
        slowStartMs: ms(balance.slowStart),
        zonePreference: share(balance.zonePreferencePercent),
        warmConnections: balance.warmConnections,
      }),
    retries:
      retries &&
      defined({
        on: retries.on?.map((cause) => CAUSES[cause]),
        codes: retries.codes,
        attempts: retries.attempts,
        perTryMs: ms(retries.perTry),
        backoffMs: ms(retries.backoff),
        maxBackoffMs: ms(retries.maxBackoff),
        unsafe: retries.unsafe,
        budgetShare: share(retries.budgetPercent),
        budgetPerSecond: retries.budgetPerSecond,
        hedgeAfterMs: ms(retries.hedgeAfter),
      }),
    timeouts:
      timeouts &&
      defined({
        requestMs: ms(timeouts.request),
        connectMs: ms(timeouts.connect),
        firstByteMs: ms(timeouts.firstByte),
        idleMs: ms(timeouts.idle),
      }),
    circuitBreaking,
    outlierEjection:
      outlier &&
      defined({
        isOn: outlier.enabled,
        consecutiveFailures: outlier.consecutiveFailures,
        successRateDeviations: outlier.successRateDeviations,
        latencyFactor: outlier.latencyFactor,
        intervalMs: ms(outlier.interval),
        ejectionMs: ms(outlier.ejection),
        maxEjectionMs: ms(outlier.maxEjection),
        maxShare: share(outlier.maxPercent),
      }),
    // who writes of it wants it
    concurrency:
      concurrency && defined({ isOn: concurrency.enabled ?? true, min: concurrency.min, max: concurrency.max }),
    rateLimits: spec.rateLimits?.map(rateLimit),
    faults: spec.faults?.map(fault),
    health:
      spec.health && defined({ active: active(spec.health.active), panicThreshold: share(spec.health.panicPercent) }),
  });
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): Defined<T> {
  return Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
}

function ms(text: string | undefined): number | undefined {
  return text === undefined ? undefined : milliseconds(text);
}

function share(percent: number | undefined): number | undefined {
  return percent === undefined ? undefined : percent / 100;
}

function hashOf({ type, name = "" }: NonNullable<NonNullable<RawTrafficPolicy["loadBalancing"]>["hashOn"]>) {
  if (type === "Address") return { type: "address" } as const;
  if (type === "Header") return { type: "header", name: name.toLowerCase() } as const;
  return { type: type === "Cookie" ? "cookie" : "query", name } as const;
}

function rateLimit(raw: NonNullable<RawTrafficPolicy["rateLimits"]>[number]): RateLimit {
  const { name, by = { type: "Caller" }, requests, per = "1s", burst = requests, onTrouble = "Pass" } = raw;
  return {
    name,
    by:
      by.type === "Header"
        ? { type: "header", name: (by.name ?? "").toLowerCase() }
        : { type: by.type === "All" ? "all" : "caller" },
    requests,
    perMs: milliseconds(per),
    burst,
    onTrouble: onTrouble === "Pass" ? "pass" : "refuse",
  };
}

function fault(raw: NonNullable<RawTrafficPolicy["faults"]>[number]): Fault {
  const { name, match, percent = 100, delay = "0s", abort, bandwidth = "0" } = raw;
  const header = match?.header && { name: match.header.name.toLowerCase(), value: match.header.value };
  const [, count, unit = ""] = /^(\d+)(\D*)$/.exec(bandwidth) ?? [];
  return {
    name,
    ...(match && { match: defined({ path: match.path, method: match.method, header }) }),
    share: percent / 100,
    delayMs: milliseconds(delay),
    abort: abort?.reset ? "reset" : (abort?.status ?? 0),
    bandwidth: Number(count) * QUANTITY[unit as keyof typeof QUANTITY],
  };
}

function active(raw: NonNullable<RawTrafficPolicy["health"]>["active"]): HealthChecks["active"] {
  if (!raw) return undefined;
  const { path, port, interval = "5s", timeout = "1s", healthyAfter = 2, unhealthyAfter = 3, statuses } = raw;
  return {
    path,
    ...(port !== undefined && { port }),
    intervalMs: milliseconds(interval),
    timeoutMs: milliseconds(timeout),
    healthyAfter,
    unhealthyAfter,
    statuses: statuses ? [statuses.from, statuses.to] : [200, 399],
  };
}

/** One field of a spec and what it is set to; a list, or a mapping within a section, is one value. */
export type SpecField = { readonly field: string; readonly value: unknown };

export function specFields({ targetRefs: _, ...sections }: RawTrafficPolicy): SpecField[] {
  return Object.entries(sections).flatMap(([section, value]) =>
    Array.isArray(value)
      ? [{ field: section, value }]
      : Object.entries(value as object).map(([name, own]) => ({ field: `${section}.${name}`, value: own })),
  );
}

/** What holds without a policy, as one would write it. */
export function defaultSpec(): RawTrafficPolicy {
  const { loadBalancing, retries, timeouts, circuitBreaking, outlierEjection, concurrency, health } = DEFAULT_POLICY;
  const nameIn = <Name extends string>(names: Readonly<Record<Name, string>>, value: string) =>
    Object.entries(names).find(([, own]) => own === value)?.[0] as Name;
  return {
    targetRefs: [],
    loadBalancing: {
      type: nameIn(BALANCERS, loadBalancing.type),
      slowStart: durationText(loadBalancing.slowStartMs),
      zonePreferencePercent: loadBalancing.zonePreference * 100,
      warmConnections: loadBalancing.warmConnections,
    },
    retries: {
      on: retries.on.map((cause) => nameIn(CAUSES, cause)),
      codes: retries.codes,
      attempts: retries.attempts,
      perTry: durationText(retries.perTryMs),
      backoff: durationText(retries.backoffMs),
      maxBackoff: durationText(retries.maxBackoffMs),
      unsafe: retries.unsafe,
      budgetPercent: retries.budgetShare * 100,
      budgetPerSecond: retries.budgetPerSecond,
    },
    timeouts: {
      request: durationText(timeouts.requestMs),
      connect: durationText(timeouts.connectMs),
      firstByte: durationText(timeouts.firstByteMs),
      idle: durationText(timeouts.idleMs),
    },
    circuitBreaking,
    outlierEjection: {
      enabled: outlierEjection.isOn,
      consecutiveFailures: outlierEjection.consecutiveFailures,
      successRateDeviations: outlierEjection.successRateDeviations,
      latencyFactor: outlierEjection.latencyFactor,
      interval: durationText(outlierEjection.intervalMs),
      ejection: durationText(outlierEjection.ejectionMs),
      maxEjection: durationText(outlierEjection.maxEjectionMs),
      maxPercent: outlierEjection.maxShare * 100,
    },
    concurrency: { enabled: concurrency.isOn, min: concurrency.min, max: concurrency.max },
    rateLimits: [],
    faults: [],
    health: { panicPercent: health.panicThreshold * 100 },
  };
}

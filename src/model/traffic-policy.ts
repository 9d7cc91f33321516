// TrafficPolicy (meshwise.dev/v1alpha1) as it is enforced: every field is there, defaults filled in by control. What a
// service's callers do when they call it. Times in ms, shares 0…1.

export type TrafficPolicy = {
  readonly loadBalancing: LoadBalancing;
  readonly retries: Retries;
  readonly timeouts: Timeouts;
  readonly circuitBreaking: CircuitBreaking;
  readonly outlierEjection: OutlierEjection;
  readonly concurrency: ConcurrencyLimit;
  readonly rateLimits: readonly RateLimit[];
  readonly faults: readonly Fault[];
  readonly health: HealthChecks;
};

/** Some fields of a policy, to be laid over a whole one: lists and `active` are taken as a whole, all else field by field. */
export type PolicyPatch = {
  readonly [Section in keyof TrafficPolicy]?: TrafficPolicy[Section] extends readonly unknown[]
    ? TrafficPolicy[Section]
    : Partial<TrafficPolicy[Section]>;
};

export type LoadBalancing = {
  readonly type: "peak-ewma" | "least-request" | "round-robin" | "random" | "ring-hash" | "maglev";
  /** of ring-hash and maglev: what is hashed; without a value in the request one is drawn at random */
  readonly hashOn?: HashOn;
  /** a new endpoint's share of traffic grows over this time; 0: at once */
  readonly slowStartMs: number;
  /** endpoints of the caller's zone first, as long as this share of them is healthy; the rest spills over. 0: off */
  readonly zonePreference: number;
  /** connections kept open without traffic, per endpoint and worker */
  readonly warmConnections: number;
};
export type HashOn =
  | { readonly type: "header" | "cookie" | "query"; readonly name: string }
  | { readonly type: "address" };

export const RETRY_CAUSES = ["connect-failure", "reset", "5xx", "gateway-error", "retriable-4xx", "timeout"] as const;
/** connect-failure: it was not sent. reset: the connection ended before an answer. gateway-error: 502, 503, 504.
 *  retriable-4xx: 409 and 425. timeout: the per-try one */
export type RetryCause = (typeof RETRY_CAUSES)[number];

export type Retries = {
  readonly on: readonly RetryCause[];
  /** statuses beside those that `on` means */
  readonly codes: readonly number[];
  /** beside the first one */
  readonly attempts: number;
  readonly perTryMs: number;
  /** before the first retry; doubles, with full jitter; a Retry-After of the answer counts when it is longer */
  readonly backoffMs: number;
  readonly maxBackoffMs: number;
  /** also requests that are not idempotent and may have been processed */
  readonly unsafe: boolean;
  /** retries may be so many of the requests of the last 10 s … */
  readonly budgetShare: number;
  /** … and so many a second besides; exact over all workers */
  readonly budgetPerSecond: number;
  /** ms after which a second try is made elsewhere while the first is under way, and the first answer of the two is taken;
   *  only for requests without a body that may run twice, and from the same budget; absent: no second try */
  readonly hedgeAfterMs?: number;
};

/** 0: none of its own; the limits of the data plane hold */
export type Timeouts = {
  /** of the whole request with all tries; passed on to the next hop, which takes the shorter one */
  readonly requestMs: number;
  readonly connectMs: number;
  readonly firstByteMs: number;
  readonly idleMs: number;
};

/** Per service and worker host, exact over all workers; 0: none */
export type CircuitBreaking = {
  readonly maxConnections: number;
  readonly maxPending: number;
  readonly maxRequests: number;
};

export type OutlierEjection = {
  readonly isOn: boolean;
  /** failures in a row: 5xx, resets, timeouts, refusals */
  readonly consecutiveFailures: number;
  /** ejected when its success rate lies so many deviations below its peers' (0: off) … */
  readonly successRateDeviations: number;
  /** … or its median latency is so many times its peers' (0: off) */
  readonly latencyFactor: number;
  readonly intervalMs: number;
  /** the first ejection; each next one is longer, up to maxEjectionMs; a single probing request decides on the return */
  readonly ejectionMs: number;
  readonly maxEjectionMs: number;
  /** never more than this share of the endpoints, and never the last one */
  readonly maxShare: number;
};

/** Adaptive (gradient of latency): more than that is shed, fair by caller */
export type ConcurrencyLimit = {
  readonly isOn: boolean;
  readonly min: number;
  readonly max: number;
};

export type RateLimit = {
  readonly name: string;
  /** whose requests are counted together */
  readonly by:
    | { readonly type: "caller" }
    | { readonly type: "all" }
    | { readonly type: "header"; readonly name: string };
  readonly requests: number;
  readonly perMs: number;
  /** beside the rate, at once */
  readonly burst: number;
  /** when the counter cannot be kept (too many keys): let it pass or refuse it */
  readonly onTrouble: "pass" | "refuse";
};

export type Fault = {
  readonly name: string;
  readonly match?: {
    readonly path?: string;
    readonly method?: string;
    readonly header?: { name: string; value: string };
  };
  /** of the matching requests */
  readonly share: number;
  readonly delayMs: number;
  /** 0: none; else the answer, or `reset` */
  readonly abort: number | "reset";
  /** bytes per second of the answer; 0: as fast as it goes */
  readonly bandwidth: number;
};

export type HealthChecks = {
  /** absent: only what traffic itself tells */
  readonly active?: {
    readonly path: string;
    /** absent: the port that is called */
    readonly port?: number;
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly healthyAfter: number;
    readonly unhealthyAfter: number;
    readonly statuses: readonly [from: number, to: number];
  };
  /** when fewer than this share of the endpoints is healthy, all are used: better a bad answer than none */
  readonly panicThreshold: number;
};

export const DEFAULT_POLICY: TrafficPolicy = {
  loadBalancing: { type: "peak-ewma", slowStartMs: 0, zonePreference: 0, warmConnections: 0 },
  retries: {
    on: ["connect-failure"],
    codes: [],
    attempts: 3,
    perTryMs: 0,
    backoffMs: 25,
    maxBackoffMs: 1_000,
    unsafe: false,
    budgetShare: 0.2,
    budgetPerSecond: 10,
  },
  timeouts: { requestMs: 0, connectMs: 0, firstByteMs: 0, idleMs: 0 },
  circuitBreaking: { maxConnections: 0, maxPending: 0, maxRequests: 0 },
  outlierEjection: {
    isOn: true,
    consecutiveFailures: 5,
    successRateDeviations: 0,
    latencyFactor: 0,
    intervalMs: 10_000,
    ejectionMs: 10_000,
    maxEjectionMs: 300_000,
    maxShare: 0.5,
  },
  concurrency: { isOn: false, min: 8, max: 1_000 },
  rateLimits: [],
  faults: [],
  health: { panicThreshold: 0.5 },
};

export function withPatch<Policy extends PolicyPatch>(policy: Policy, patch: PolicyPatch): Policy {
  const sections = Object.entries(patch).map(([name, section]) => {
    const below: unknown = policy[name as keyof TrafficPolicy];
    return [name, Array.isArray(section) ? section : { ...(below as object | undefined), ...section }];
  });
  return { ...policy, ...Object.fromEntries(sections) };
}

// What the observatory finds out, as values: the rows behind the documents of the API.

export type Coverage = {
  /** share of the exchanges in the window that are counted here, 0…1; below 1 something was lost and `missing` says what */
  readonly spans: number;
  readonly missing: readonly string[];
};

/** Golden signals of a set of exchanges. Latencies in ms, of requests: opaque connections have none. */
export type Signals = {
  readonly requests: number;
  readonly failures: number;
  /** tries in all: the requests, and those tries that were followed by another one */
  readonly attempts: number;
  /** 0…1; absent without requests */
  readonly success?: number;
  /** of the tries, 0…1: what callers would have seen without retries; absent without tries */
  readonly actualSuccess?: number;
  readonly rps: number;
  readonly p50?: number;
  readonly p95?: number;
  readonly p99?: number;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

export type ServiceFigures = Signals & {
  readonly service: string;
  readonly namespace: string;
  /** workloads that can take traffic, of how many */
  readonly meshed: { readonly ready: number; readonly total: number };
  readonly protocols: readonly string[];
  /** open connections to it now */
  readonly connections: number;
};

/** Who calls whom, on which port, in which protocol. The outside has no namespace: callers there are all `outside`, what
 *  is called there goes by its own name. */
export type Pair = {
  readonly source: string;
  readonly sourceNamespace: string;
  readonly destination: string;
  readonly destinationNamespace: string;
  readonly port: number;
  readonly protocol: string;
};

export type EdgeFigures = Signals & Pair;

/** What was asked of a service by one route. */
export type RouteFigures = Signals & {
  readonly service: string;
  readonly namespace: string;
  /** `GET /cart/{id}`; `{other}`: paths that are not there, and what had no room */
  readonly route: string;
};

/** Where a request is between its first byte and its last, in order: until its head was there, a route was chosen, a connection
 *  was given, was open, was encrypted; sending it, waiting for the first byte of the answer, until its last came, until the
 *  caller had it. */
export const STEP_PHASES = [
  "head",
  "route",
  "pool",
  "connect",
  "tls",
  "send",
  "firstByte",
  "receive",
  "deliver",
] as const;
/** ms, of the mean request; they add up to its duration */
export type StepPhases = { readonly [phase in (typeof STEP_PHASES)[number]]: number };

/** Signals of one step of a series. */
export type StepFigures = Signals & {
  /** of requests: opaque connections have none. Absent without any */
  readonly phases?: StepPhases;
  /** the slowest one */
  readonly exemplar?: { readonly traceId: string; readonly spanId: string; readonly durationMs: number };
  /** of its start, µs since the epoch */
  readonly startUs: number;
  /** it is not over, or was not seen from its beginning */
  readonly isPartial: boolean;
};

/** What one workload used, over time. */
export type WorkloadHistory = {
  readonly workload: string;
  readonly service: string;
  readonly version: string;
  /** oldest first; steps without a sample are not there */
  readonly points: readonly ResourcePoint[];
};

export type ResourcePoint = {
  /** of the step's start, µs since the epoch */
  readonly startUs: number;
  /** CPU seconds per second, averaged over the step; absent where the host does not tell */
  readonly cpuCores?: number;
  /** the most in the step */
  readonly memoryBytes?: number;
  /** the most connections that waited until they were accepted, at a look in the step */
  readonly listenQueue?: number;
  /** share of the time in which it waited for CPU because of its limit, 0…1 */
  readonly throttledShare?: number;
  /** open ones, at the end of the step */
  readonly connections: number;
  /** in all of the step */
  readonly isReady: boolean;
};

/** What of an exchange's time was a connection's, in µs. */
export type Waits = {
  /** the request waited for the callee to take more of it */
  readonly requestUs: number;
  /** the answer waited for the caller to take more of it, before all of it had come in */
  readonly answerUs: number;
  /** segments to the callee were sent again; looked at only now and then, and when it was slow */
  readonly resentUs: number;
};

/** One exchange with names for its numbers. */
export type SeenExchange = {
  readonly startUs: number;
  readonly traceId: string;
  /** of the caller's (client) span */
  readonly spanId: string;
  /** of the callee's (server) span */
  readonly serverSpanId: string;
  /** of the request that it was a call of; absent: none, or not known yet */
  readonly parentSpanId?: string;
  /** that it was (or was nobody's), 0…1; 0: nobody has looked (yet) */
  readonly confidence: number;
  /** exchanges that it stands for; absent: itself alone */
  readonly weight?: number;
  readonly source: string;
  readonly sourceWorkload: string;
  readonly destination: string;
  readonly destinationWorkload: string;
  /** of that workload; absent: it was given none */
  readonly version?: string;
  readonly port: number;
  readonly protocol: string;
  readonly method: string;
  readonly path: string;
  /** `GET /cart/{id}`, `{other}`; absent: it has none */
  readonly route?: string;
  readonly authority: string;
  readonly status: number;
  /** tries up to and with this one; 0: no endpoint was tried */
  readonly attempts: number;
  /** `<namespace>/<route>/<rule>`; absent: no rule of a route */
  readonly rule?: string;
  /** the workload that was drawn with the chosen one and passed over; absent: there was no such draw */
  readonly rival?: string;
  readonly error?: string;
  readonly flags: readonly string[];
  readonly durationUs: number;
  /** µs from the start at which each phase was reached, in order; phases not reached are not there */
  readonly phases: Readonly<Record<string, number>>;
  /** absent: nothing was held up */
  readonly waits?: Waits;
  readonly requestBytes: number;
  readonly responseBytes: number;
};

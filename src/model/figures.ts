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

export type EdgeFigures = Signals & {
  readonly source: string;
  readonly destination: string;
  readonly port: number;
  readonly protocol: string;
};

/** One exchange with names for its numbers. */
export type SeenExchange = {
  readonly startUs: number;
  readonly traceId: string;
  /** of the caller's (client) span */
  readonly spanId: string;
  readonly source: string;
  readonly sourceWorkload: string;
  readonly destination: string;
  readonly destinationWorkload: string;
  readonly port: number;
  readonly protocol: string;
  readonly method: string;
  readonly path: string;
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
  readonly requestBytes: number;
  readonly responseBytes: number;
};

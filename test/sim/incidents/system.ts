// A system of services as it is drawn: who calls whom for what, how long own work takes, and how much of it fits at a time.
// Faults change these values while it runs.

/** Time of own work, ms: gamma of that mean, `shape` 1 = exponential, 8 = nearly constant; a tail now and then. */
export type Dwell = {
  meanMs: number;
  readonly shape: number;
  readonly tailChance: number;
  readonly tailFactor: number;
};

export type Call = {
  /** by place in `System.services` */
  readonly to: number;
  readonly operation: number;
  /** that it is made at all: below 1 for what a cache answers otherwise */
  chance: number;
  /** one after the other */
  times: number;
  timeoutMs: number;
  readonly tries: number;
  /** whoever calls does without the answer when it fails */
  readonly isOptional: boolean;
  /** ms on the way, both ways together */
  networkMs: number;
};

/** The calls of a stage are made at once, the stages one after the other. */
export type Stage = readonly Call[];

export type Operation = {
  readonly own: Dwell;
  readonly stages: readonly Stage[];
  /** made once the answer is given: nobody waits for them */
  readonly later: readonly Call[];
};

export type Service = {
  readonly name: string;
  readonly operations: readonly Operation[];
  readonly replicas: Replica[];
  /** of all its own work */
  slowdown: number;
  /** added to own work, ms */
  extraMs: number;
  /** share of requests that fail of themselves */
  failing: number;
  /** a thread is held while it waits for its calls, or only for own work */
  readonly style: "thread" | "loop";
};

export type Replica = {
  slots: number;
  /** requests that may wait for a slot; more are refused */
  readonly queue: number;
  slowdown: number;
  /** share of requests that fail of themselves, beside the service's */
  failing: number;
  /** connections to each callee that may be open at a time; Infinity: not bounded */
  connections: number;
};

/** Where requests come from: people at an entry, or a job of another tree that calls something in the middle. */
export type Source = { readonly call: Call; perS: number; readonly wave: number };

export type System = {
  readonly services: readonly Service[];
  readonly entries: readonly number[];
  readonly sources: readonly Source[];
};

export function callsOf({ operations }: Service): Call[] {
  return operations.flatMap(({ stages, later }) => [...stages.flat(), ...later]);
}

// What a system does on average when nothing waits: how often each service is asked, and how long an answer takes.
import type { Call, Operation, System } from "./system.ts";

export type Expected = {
  /** requests per second of each service */
  readonly perS: Float64Array;
  /** ms of an operation, its calls included */
  latencyMs(service: number, operation: number): number;
  /** requests that one request of that operation causes at each service, itself included; later work too */
  visits(service: number, operation: number): Float64Array;
};

/** Calls lead only to services further back in the list. */
export function expect(system: System): Expected {
  const { services, sources } = system;
  const times = new Map<Operation, number>();
  const causes = new Map<Operation, Float64Array>();
  const operationOf = (service: number, operation: number) => services[service]?.operations[operation] as Operation;

  function latencyMs(service: number, operation: number): number {
    const asked = operationOf(service, operation);
    const known = times.get(asked);
    if (known !== undefined) return known;
    const one = (call: Call) => call.chance * call.times * (call.networkMs + latencyMs(call.to, call.operation));
    const ms = asked.own.meanMs + asked.stages.reduce((sum, stage) => sum + Math.max(0, ...stage.map(one)), 0);
    times.set(asked, ms);
    return ms;
  }

  function visits(service: number, operation: number): Float64Array {
    const asked = operationOf(service, operation);
    const known = causes.get(asked);
    if (known) return known;
    const sum = new Float64Array(services.length);
    sum[service] = 1;
    for (const call of [...asked.stages.flat(), ...asked.later]) {
      const below = visits(call.to, call.operation);
      for (let i = 0; i < sum.length; i++) sum[i]! += call.chance * call.times * (below[i] as number);
    }
    causes.set(asked, sum);
    return sum;
  }

  const perS = new Float64Array(services.length);
  for (const { call, perS: rate } of sources) {
    const caused = visits(call.to, call.operation);
    for (let i = 0; i < perS.length; i++) perS[i]! += rate * (caused[i] as number);
  }
  return { perS, latencyMs, visits };
}

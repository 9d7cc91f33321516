// Which endpoint of several gets a request. A picker is made for one destination and one policy, and keeps what it needs
// between requests; what differs from request to request stands in `Ask`.
import type { Random } from "../../base/random.ts";
import type { LoadBalancing } from "../../model/traffic-policy.ts";
import type { Backend } from "../shapes.ts";
import { maglev } from "./maglev.ts";
import { ringHash } from "./ring-hash.ts";
import { roundRobin } from "./round-robin.ts";
import { leastRequest, peakEwma, random } from "./two-choices.ts";

/** One object per worker, filled for each request. */
export type Ask = {
  readonly random: Random;
  nowMs: number;
  /** of what the policy hashes on */
  hash: number;
  /** endpoints that have failed this request already */
  avoid: readonly Backend[];
  /** the two that were compared, for the span; undefined when there was no choice */
  first: Backend | undefined;
  second: Backend | undefined;
};

export function ask(random: Random): Ask {
  return { random, nowMs: 0, hash: 0, avoid: [], first: undefined, second: undefined };
}

/** @param backends not empty; the same array as long as nothing about it changed */
export type Picker = (backends: readonly Backend[], ask: Ask) => Backend;

export function picker({ type, slowStartMs }: Pick<LoadBalancing, "type" | "slowStartMs">): Picker {
  switch (type) {
    case "peak-ewma":
      return peakEwma(slowStartMs);
    case "least-request":
      return leastRequest(slowStartMs);
    case "round-robin":
      return roundRobin(slowStartMs);
    case "random":
      return random(slowStartMs);
    // who owns a key must not depend on time: a newcomer gets its keys at once
    case "ring-hash":
      return ringHash();
    case "maglev":
      return maglev();
  }
}

/** Those that have not failed this request; all, when every one has. Only for retries: it allocates. */
export function untried(backends: readonly Backend[], avoid: readonly Backend[]): readonly Backend[] {
  if (avoid.length === 0) return backends;
  const others = backends.filter((backend) => !avoid.includes(backend));
  return others.length === 0 ? backends : others;
}

// Which endpoint of several gets a request. A picker is made for one destination and one policy, and keeps what it needs
// between requests; what differs from request to request stands in `Ask`.

import type { Random } from "../../base/random.ts";
import type { LoadBalancing } from "../../model/traffic-policy.ts";
import type { Ask, Picker } from "../shapes.ts";
import { maglev } from "./maglev.ts";
import { ringHash } from "./ring-hash.ts";
import { roundRobin } from "./round-robin.ts";
import { leastRequest, peakEwma, random } from "./two-choices.ts";

export function ask(random: Random): Ask {
  return { random, nowMs: 0, hash: 0, avoid: [], first: undefined, second: undefined };
}

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

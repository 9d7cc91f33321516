// Draws two endpoints and takes the better one (Mitzenmacher 2001): nearly as good as knowing the best of all, at a cost
// that does not grow with their number, and without the herd that runs after the best one.
import type { Ask, Backend, Picker } from "../shapes.ts";
import { expectedMs, type Load, share } from "./load.ts";
import { untried } from "./untried.ts";

/** By the latency to be expected. The default: it needs no figures from anybody and sees slowness of every kind. */
export function peakEwma(slowStartMs: number): Picker {
  return twoChoices((load, nowMs) => expectedMs(load, nowMs) / share(load, slowStartMs, nowMs));
}

/** By requests under way. */
export function leastRequest(slowStartMs: number): Picker {
  return twoChoices((load, nowMs) => (load.outstanding + 1) / share(load, slowStartMs, nowMs));
}

function twoChoices(cost: (load: Load, nowMs: number) => number): Picker {
  return (all, ask) => {
    const backends = ask.avoid.length === 0 ? all : untried(all, ask.avoid);
    const count = backends.length;
    if (count === 1) return backends[0] as Backend;
    const i = draw(ask, count);
    let j = count === 2 ? 1 - i : draw(ask, count - 1);
    if (count > 2 && j >= i) j++;
    const first = backends[i] as Backend;
    const second = backends[j] as Backend;
    ask.first = first;
    ask.second = second;
    return cost(second.load, ask.nowMs) < cost(first.load, ask.nowMs) ? second : first;
  };
}

/** how often a newcomer may turn a draw down before it is taken after all */
const DRAWS = 8;

export function random(slowStartMs: number): Picker {
  return (all, ask) => {
    const backends = untried(all, ask.avoid);
    let drawn = backends[draw(ask, backends.length)] as Backend;
    for (let i = 1; i < DRAWS && ask.random.unit() >= share(drawn.load, slowStartMs, ask.nowMs); i++) {
      drawn = backends[draw(ask, backends.length)] as Backend;
    }
    return drawn;
  };
}

function draw(ask: Ask, count: number): number {
  return Math.floor(ask.random.unit() * count);
}

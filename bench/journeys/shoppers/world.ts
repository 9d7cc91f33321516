// Shoppers with intents, on a shop that may have something wrong. Every decision is drawn for itself by visitor and name, so the same
// shoppers can be sent through the same shop without it: what they then buy more is the true loss.
import { type EventLog, SESSION_GAP_MS } from "../../../src/analysis/journeys/log.ts";
import { logBuilder } from "../../../src/analysis/journeys/log-builder.ts";
import type { Fault, Request, Shopper } from "./faults.ts";

export const STEPS = ["GET /product/{id}", "POST /cart", "GET /checkout", "POST /payment"] as const;
export const HOURS = 2;
const HOUR_MS = 3_600_000;
const START_MS = Date.UTC(2030, 0, 31, 9);
/** When what is wrong sets in: after a quiet half. */
export const ONSET_MS = START_MS + (HOURS / 2) * HOUR_MS;

/** ms, in the middle */
const LATENCY: Readonly<Record<string, number>> = {
  "GET /product/{id}": 80,
  "POST /cart": 60,
  "GET /checkout": 150,
  "POST /payment": 400,
};
/** Share of those with an intent who go on from a step by themselves. */
const GO_ON = [0.45, 0.6, 0.7] as const;

export type World = { readonly log: EventLog; readonly reached: readonly number[] };

export function simulate(fault: Fault, isOn: boolean, perHour: number, seed: number): World {
  const builder = logBuilder();
  for (const name of ["status", "latency_ms", "version", "workload", "browser", "campaign"]) builder.attribute(name);
  const reached = STEPS.map(() => 0);
  for (let number = 0; number < perHour * HOURS; number++) visit(number);
  return { log: builder.finish(), reached };

  function visit(number: number): void {
    const draw = (name: string) => unit(seed, number, name);
    let now = START_MS + draw("arrives") * HOURS * HOUR_MS;
    const isLate = now >= ONSET_MS;
    const active = isOn && isLate ? fault : undefined;
    const plain: Shopper = {
      browser: draw("browser") < 0.6 ? "chrome" : draw("browser") < 0.85 ? "safari" : "firefox",
      campaign: draw("campaign") < 0.2 ? "mail" : "none",
      eagerness: 1,
      isBot: false,
    };
    const shopper = active?.shopper?.(plain, draw) ?? plain;
    // People wait some seconds, some more and some less.
    const patienceMs = 5000 * Math.exp(0.6 * normal(draw("patience 1"), draw("patience 2")));

    for (const [step, event] of STEPS.entries()) {
      let last: Request;
      for (let tries = 0; ; tries++) {
        const draws = (name: string) => draw(`${event} ${tries} ${name}`);
        const base: Request = {
          event,
          status: draws("fails") < 0.004 ? 500 : 200,
          latencyMs: (LATENCY[event] as number) * Math.exp(0.5 * normal(draws("latency 1"), draws("latency 2"))),
          version: draws("version") < 0.5 ? "v1" : "v2",
          workload: `${event.split("/")[1]?.replace("{id}", "")}-${1 + Math.floor(draws("workload") * 3)}`,
        };
        const met = active?.request?.(base, shopper, draw, draws) ?? base;
        const isOff = met.latencyMs > patienceMs;
        const latencyMs = isOff ? patienceMs : met.latencyMs;
        const status = isOff ? 499 : met.status;
        builder.add(now, String(number), event, [
          String(status),
          latencyMs.toFixed(1),
          ...[met.version, met.workload, shopper.browser, shopper.campaign],
        ]);
        now += latencyMs + 2000 + 20_000 * draws("thinks");
        last = met;
        if (status === 200) break;
        // Who fails may try again.
        if (tries >= 2 || draws("again") > 0.4) return;
      }
      reached[step] = (reached[step] as number) + 1;
      if (shopper.isBot) return;
      const wish =
        (GO_ON[step] ?? 0) * (step === 0 ? shopper.eagerness : 1) * (active?.goesOn?.(step, last, draw) ?? 1);
      if (draw(`goes on ${step}`) > wish) return;
      if (now > START_MS + HOURS * HOUR_MS + SESSION_GAP_MS) return;
    }
  }
}

function normal(a: number, b: number): number {
  return Math.sqrt(-2 * Math.log(1 - a)) * Math.cos(2 * Math.PI * b);
}

/** 0…1 of a visitor's decision, whatever else is drawn (FNV-1a, then the finish of MurmurHash3). */
function unit(seed: number, visitor: number, name: string): number {
  let hash = Math.imul(seed ^ 0x811c9dc5, 0x01000193) ^ Math.imul(visitor + 1, 0x9e3779b1);
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 0x1_0000_0000;
}

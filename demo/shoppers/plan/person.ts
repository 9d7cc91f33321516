// One person as planned: why they come, with what device and from where, how patient they are, and each step.
import { address } from "./addresses.ts";
import { type Buyer, buyer } from "./buyer.ts";
import { type Device, device } from "./devices.ts";
import { INTENT_SHARES, type Intent, walk } from "./intents.ts";
import { logNormal, pickByShare, type Random } from "./random.ts";
import { type Step, trail } from "./steps.ts";

export type Temper = {
  /** how long one page may take before this person leaves; in real time, for the shop works in real time */
  readonly patienceMs: number;
  /** errors after which they try the same again, in all; at the next they leave */
  readonly retries: number;
  /** before they try again */
  readonly retryMs: number;
  /** times what the same was said to cost before, at which they would no longer have it */
  readonly dearest: number;
};

export type Person = {
  readonly kind: "person";
  readonly number: number;
  /** after the start */
  readonly atMs: number;
  readonly intent: Intent;
  readonly device: Device;
  readonly address: string;
  readonly buyer: Buyer;
  readonly temper: Temper;
  readonly steps: readonly Step[];
  /** with the last page, before it is closed */
  readonly stayMs: number;
};

const LONGEST_PATIENCE_MS = 30_000; // bounds how many are inside when the shop hangs

/** @param only what all come for; undefined: each for something of their own */
export function person(random: Random, number: number, atMs: number, meanThinkMs: number, only?: Intent): Person {
  const intent = only ?? pickByShare(random, INTENT_SHARES).intent;
  const has = device(random);
  const own = { address: address(random, has), buyer: buyer(random, number), temper: temper(random, has) };
  const way = trail(random, meanThinkMs);
  walk(intent, way);
  return { kind: "person", number, atMs, intent, device: has, ...own, steps: way.steps, stayMs: way.thinkMs(0.8) };
}

/** Who has a slow network is used to waiting. */
function temper(random: Random, { pace }: Device): Temper {
  return {
    patienceMs: Math.min(pace.rttMs * 10 + 1_500 + logNormal(random, 5_000, 0.6), LONGEST_PATIENCE_MS),
    retries: [0, 0, 1, 1, 1, 2, 2, 3][Math.floor(random() * 8)] ?? 0,
    retryMs: 300 + logNormal(random, 700),
    dearest: 1 + logNormal(random, 0.2, 0.6),
  };
}

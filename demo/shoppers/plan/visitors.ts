// All who come, in the order they come, decided beforehand from the seed alone. Nothing here depends on how the shop
// answers, so a slow shop gets no fewer visitors (open loop).
import { arrivals, type Surge } from "./arrivals.ts";
import { type Bot, bot } from "./bots.ts";
import type { Intent } from "./intents.ts";
import { type Person, person } from "./person.ts";
import { chance, seeded } from "./random.ts";

export type Visitor = Person | Bot;

export type Crowd = {
  readonly seed: number;
  /** people per second at the quietest time of the day */
  readonly rate: number;
  readonly meanThinkMs: number;
  /** share of bots among all visits, 0 … below 1; they come on top of the people */
  readonly bots: number;
  readonly surge?: Surge;
  /** what all people come for */
  readonly intent?: Intent;
};

const TIMES = 0;
const KINDS = -1;

/** Visitors without end. Each has a stream of random of their own: one more step of one of them changes nobody else. */
export function* visitors({ seed, rate, meanThinkMs, bots, surge, intent }: Crowd): Generator<Visitor, never> {
  const kinds = seeded(seed, KINDS);
  const times = arrivals(seeded(seed, TIMES), rate / (1 - bots), surge);
  for (let number = 1; ; number++) {
    const atMs = times.next().value;
    const random = seeded(seed, number);
    yield chance(kinds, bots) ? bot(random, number, atMs) : person(random, number, atMs, meanThinkMs, intent);
  }
}

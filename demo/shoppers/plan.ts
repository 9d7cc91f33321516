// What each shopper will do, decided beforehand from the seed alone: when they come, what they look at, whether they buy.
// Nothing here depends on how the shop answers, so a slow shop gets no fewer visitors (open loop).
import { exponential, type Random, seeded } from "./random.ts";

/** Pause before a step: a person reads and thinks. */
type Step = { readonly thinkMs: number } & (
  | { readonly kind: "home" }
  | { readonly kind: "search"; readonly words: string }
  /** `rank`: which of the products on the page, 0…1 */
  | { readonly kind: "product"; readonly rank: number }
  | { readonly kind: "add"; readonly quantity: number }
  | { readonly kind: "cart" }
  | { readonly kind: "checkout"; readonly card: string }
);

export type Visit = {
  readonly number: number;
  /** after the start */
  readonly atMs: number;
  /** how long one page may take before this shopper leaves */
  readonly patienceMs: number;
  readonly steps: readonly Step[];
};

export type Crowd = {
  readonly seed: number;
  /** visitors per second, on average */
  readonly rate: number;
  readonly meanThinkMs: number;
};

const GOOD_CARD = "4242424242424242";
const BAD_CARDS = ["4000000000000002", "4000000000009995"] as const;
const SEARCHES = ["mug", "garden", "lamp", "oak", "home"] as const;

/** Visitors in the order they come, without end; arrivals are a Poisson process. */
export function* visits({ seed, rate, meanThinkMs }: Crowd): Generator<Visit, never> {
  const random = seeded(seed);
  let atMs = 0;
  for (let number = 1; ; number++) {
    atMs += exponential(random, 1000 / rate);
    // each visitor has a stream of their own: one more step for one of them changes nobody else
    yield visit(number, atMs, seeded(Math.floor(random() * 0x1_0000_0000)), meanThinkMs);
  }
}

function visit(number: number, atMs: number, random: Random, meanThinkMs: number): Visit {
  const patienceMs = 2_000 + exponential(random, 4_000);
  const steps: Step[] = [{ kind: "home", thinkMs: 0 }];
  const then = (step: { [K in Step["kind"]]: Omit<Extract<Step, { kind: K }>, "thinkMs"> }[Step["kind"]]) =>
    steps.push({ ...step, thinkMs: exponential(random, meanThinkMs) } as Step);

  if (random() < 0.3) then({ kind: "search", words: pick(random, SEARCHES) });
  let isBuying = false;
  do {
    then({ kind: "product", rank: random() ** 1.5 }); // what stands first is looked at more
    if (random() < 0.5) {
      isBuying = true;
      then({ kind: "add", quantity: random() < 0.8 ? 1 : 2 });
    }
    if (random() < 0.25) then({ kind: "home" });
  } while (random() < 0.35 && steps.length < 12);

  if (isBuying) {
    then({ kind: "cart" });
    if (random() < 0.65) then({ kind: "checkout", card: random() < 0.08 ? pick(random, BAD_CARDS) : GOOD_CARD });
  }
  return { number, atMs, patienceMs, steps };
}

function pick<T>(random: Random, from: readonly [T, ...T[]]): T {
  return from[Math.floor(random() * from.length)] ?? from[0];
}

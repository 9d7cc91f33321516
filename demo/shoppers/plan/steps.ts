// What a person may do in a shop, and the trail: the steps of one visit, one after the other.
import type { Payment } from "./buyer.ts";
import { chance, logNormal, type Random, rank } from "./random.ts";

/** `rank`: which of those on the page, 0 (the first) … below 1 (the last); a plan knows no names. */
export type Action =
  /** comes in: by typing the address, or by a link elsewhere; `campaign` is what such a link adds to the address */
  | { readonly kind: "land"; readonly on: "home" | "cart"; readonly referrer?: string; readonly campaign?: string }
  /** comes in on a product that a search engine knows */
  | { readonly kind: "landOnProduct"; readonly rank: number; readonly referrer: string; readonly campaign?: string }
  | { readonly kind: "home" }
  | { readonly kind: "category"; readonly rank: number }
  | { readonly kind: "search"; readonly words: string }
  | { readonly kind: "nextPage" }
  | { readonly kind: "product"; readonly rank: number }
  | { readonly kind: "add"; readonly quantity: number }
  | { readonly kind: "cart" }
  | { readonly kind: "remove"; readonly rank: number }
  | { readonly kind: "checkout" }
  | ({ readonly kind: "pay" } & Payment)
  /** goes away for the time that this step takes, and keeps the cookie */
  | { readonly kind: "leave" };

/** `thinkMs` pass before the action: a person reads and thinks. */
export type Step = Action & { readonly thinkMs: number };

export type Trail = {
  readonly random: Random;
  readonly steps: readonly Step[];
  /** `pace` times the usual time to think */
  go(action: Action, pace?: number): void;
  thinkMs(pace?: number): number;
};

export function trail(random: Random, meanThinkMs: number): Trail {
  const steps: Step[] = [];
  const thinkMs = (pace = 1) => logNormal(random, meanThinkMs * pace);
  const go: Trail["go"] = (action, pace) =>
    void steps.push({ ...action, thinkMs: steps.length > 0 ? thinkMs(pace) : 0 });
  return { random, steps, go, thinkMs };
}

export const WORDS = [
  ...["mug", "lamp", "pot", "notebook", "cushion", "candle", "towel", "soap", "knife", "teapot", "pen", "basket"],
  ...["oak", "walnut", "linen", "brass", "blue", "garden", "kitchen", "wool throw", "iron pan", "desk lamp"],
  ...["lmap", "notbook", "tea pott", "cusion"], // typed in haste
  ...["umbrella", "phone case"], // not sold here
] as const satisfies readonly string[];

export function lookAtProducts({ random, go }: Trail, times: number): void {
  for (let i = 0; i < times; i++) {
    if (i > 0 && chance(random, 0.35)) go({ kind: "category", rank: rank(random) }, 0.7);
    else if (i > 0 && chance(random, 0.2)) go({ kind: "home" }, 0.6);
    go({ kind: "product", rank: rank(random) });
  }
}

export function add({ random, go }: Trail): void {
  go({ kind: "add", quantity: chance(random, 0.82) ? 1 : chance(random, 0.7) ? 2 : 4 }, 1.2);
}

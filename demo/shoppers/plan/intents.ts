// Why people come, and what each kind of them does. The shares and chances are such that about 70 % of carts are never
// bought, as in real shops; a cart counts once however often its owner comes back.
import { payment } from "./buyer.ts";
import { between, chance, pick, rank } from "./random.ts";
import { add, lookAtProducts, type Trail, WORDS } from "./steps.ts";

export type Intent = keyof typeof INTENTS;

type Model = { readonly share: number; readonly walk: (trail: Trail) => void };

const INTENTS = {
  /** looks around without an aim */
  browse: { share: 24, walk: browse },
  /** has a thing in mind */
  search: { share: 20, walk: search },
  /** a search engine has led them straight to a product */
  look: { share: 20, walk: look },
  gift: { share: 8, walk: gift },
  /** a newsletter has promised low prices */
  bargain: { share: 8, walk: bargain },
  /** puts something into the cart, comes back later to it */
  return: { share: 6, walk: comeBack },
  /** knows what to buy, and buys it */
  mission: { share: 5, walk: mission },
  /** goes to the checkout to see what shipping costs */
  abandon: { share: 5, walk: abandon },
  /** the cart is where things are kept that would be nice to have */
  wishlist: { share: 4, walk: wishlist },
  /** an advertisement has led them to a product, and they go; nobody does unless asked for */
  glance: { share: 0, walk: glance },
} as const satisfies Record<string, Model>;

export const INTENT_SHARES = (Object.entries(INTENTS) as [Intent, Model][]).map(([intent, { share }]) => ({
  intent,
  share,
})) as [{ intent: Intent; share: number }, ...{ intent: Intent; share: number }[]];

export function walk(intent: Intent, trail: Trail): void {
  INTENTS[intent].walk(trail);
}

const ENGINES = ["https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/"] as const;
const SOCIAL = ["https://www.instagram.com/", "https://www.pinterest.com/", "https://www.reddit.com/"] as const;

function browse(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "land", on: "home", ...(chance(random, 0.5) ? { referrer: pick(random, ENGINES) } : {}) });
  if (chance(random, 0.3)) return; // not what they thought
  go({ kind: "category", rank: rank(random) }, 0.7);
  if (chance(random, 0.3)) go({ kind: "nextPage" }, 0.8);
  lookAtProducts(trail, between(random, 1, 5));
  if (chance(random, 0.16)) {
    add(trail);
    decide(trail, 0.15);
  }
}

function search(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "land", on: "home", ...(chance(random, 0.3) ? { referrer: pick(random, ENGINES) } : {}) });
  for (let tries = between(random, 1, 3); tries > 0; tries--) {
    go({ kind: "search", words: pick(random, WORDS) }, 0.7);
    if (chance(random, 0.25)) go({ kind: "nextPage" }, 0.8);
    if (chance(random, 0.8)) go({ kind: "product", rank: rank(random) });
  }
  if (chance(random, 0.35)) {
    go({ kind: "product", rank: rank(random) });
    add(trail);
    decide(trail, 0.31);
  }
}

function look(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "landOnProduct", rank: rank(random), referrer: pick(random, ENGINES) });
  if (chance(random, 0.5)) return;
  lookAtProducts(trail, between(random, 0, 3));
  if (chance(random, 0.25)) {
    add(trail);
    decide(trail, 0.28);
  }
}

function glance(trail: Trail): void {
  const { random, go } = trail;
  const campaign = "utm_source=social&utm_campaign=summer";
  go({ kind: "landOnProduct", rank: rank(random), referrer: pick(random, SOCIAL), campaign });
  if (chance(random, 0.3)) lookAtProducts(trail, 1);
}

function gift(trail: Trail): void {
  const { random, go } = trail;
  const campaign = "utm_source=social&utm_campaign=gifts";
  go({ kind: "land", on: "home", referrer: pick(random, SOCIAL), campaign });
  go({ kind: "category", rank: random() }, 0.7);
  lookAtProducts(trail, between(random, 2, 6));
  if (!chance(random, 0.55)) return;
  add(trail);
  if (chance(random, 0.3)) {
    go({ kind: "product", rank: rank(random) }, 1.2);
    add(trail);
  }
  decide(trail, 0.31);
}

function bargain(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "land", on: "home", campaign: "utm_source=newsletter&utm_medium=email&utm_campaign=offers" });
  go({ kind: "search", words: pick(random, WORDS) }, 0.6);
  for (let pages = between(random, 0, 2); pages > 0; pages--) go({ kind: "nextPage" }, 0.5);
  lookAtProducts(trail, between(random, 2, 7));
  if (!chance(random, 0.35)) return;
  add(trail);
  go({ kind: "cart" }, 0.5);
  if (chance(random, 0.4)) go({ kind: "remove", rank: random() });
  else decide(trail, 0.12);
}

function comeBack(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "landOnProduct", rank: rank(random), referrer: pick(random, ENGINES) });
  add(trail);
  go({ kind: "cart" }, 0.5);
  go({ kind: "leave" }, between(random, 8, 30));
  go({ kind: "land", on: chance(random, 0.6) ? "cart" : "home" }, 0);
  decide(trail, 0.48);
}

function mission(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "land", on: "home" });
  go({ kind: "search", words: pick(random, WORDS.slice(0, 22) as unknown as typeof WORDS) }, 0.4);
  go({ kind: "product", rank: rank(random) }, 0.5);
  add(trail);
  decide(trail, 0.92);
}

function abandon(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "land", on: "home" });
  go({ kind: "category", rank: rank(random) }, 0.7);
  lookAtProducts(trail, between(random, 1, 3));
  add(trail);
  go({ kind: "cart" }, 0.5);
  go({ kind: "checkout" }, 0.6);
}

function wishlist(trail: Trail): void {
  const { random, go } = trail;
  go({ kind: "land", on: "home" });
  go({ kind: "category", rank: rank(random) }, 0.7);
  for (let things = between(random, 2, 5); things > 0; things--) {
    lookAtProducts(trail, 1);
    add(trail);
    go({ kind: "category", rank: rank(random) }, 0.5);
  }
  go({ kind: "cart" }, 0.5);
  if (chance(random, 0.4)) go({ kind: "remove", rank: random() });
  if (!chance(random, 0.5)) return;
  go({ kind: "leave" }, between(random, 8, 30));
  go({ kind: "land", on: "cart" }, 0);
  decide(trail, 0.1);
}

/** With something in the cart: buys it, or leaves it at one of the points where people do. */
function decide({ random, go, thinkMs }: Trail, willBuy: number): void {
  const isBuying = chance(random, willBuy);
  if (!isBuying && chance(random, 0.3)) return;
  go({ kind: "cart" }, 0.5);
  if (!isBuying && chance(random, 0.5)) return;
  go({ kind: "checkout" }, 0.6);
  if (!isBuying) return;
  go({ kind: "pay", ...payment(random, thinkMs(1.5)) }, 2.5);
}

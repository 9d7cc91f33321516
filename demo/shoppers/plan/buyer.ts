// What a buyer types into the checkout's form: name, address, cards, and how they mistype.
import { chance, pick, type Random } from "./random.ts";

export type Buyer = {
  readonly name: string;
  readonly email: string;
  readonly address: string;
  readonly country: string;
};

export type Payment = {
  /** tried in this order until one is taken */
  readonly cards: readonly string[];
  /** which way of shipping, 0 (the first) … below 1 (the last) */
  readonly shippingRank: number;
  /** what the newsletter has promised; "" for who has none */
  readonly coupon: string;
  /** mistyped at first, corrected when the shop says so */
  readonly typo?: "card" | "email";
  /** clicks the button once more, as long after the first click, if no answer has come by then */
  readonly doubleClickMs?: number;
  /** to correct a typo, or find another card */
  readonly correctMs: number;
};

/** of two networks; most have the first */
const GOOD_CARDS = ["4242424242424242", "4242424242424242", "5555555555554444"] as const;
const BAD_CARDS = ["4000000000000002", "4000000000009995"] as const;
const COUPONS = ["WELCOME", "SUMMER", "FRIEND"] as const;
const FIRST_NAMES = [
  "Ada",
  "Ben",
  "Chloé",
  "Dara",
  "Emil",
  "Fatima",
  "Greta",
  "Hugo",
  "Inés",
  "Jun",
  "Kofi",
  "Lena",
] as const;
const LAST_NAMES = [
  "Aydın",
  "Bergström",
  "Costa",
  "Dubois",
  "Evans",
  "Fischer",
  "García",
  "Haddad",
  "Jansen",
  "Kowalski",
] as const;
const STREETS = ["Mill Lane", "Station Road", "Rue des Lilas", "Lindenstraße", "Calle Mayor", "Kerkstraat"] as const;
const TOWNS = ["Bath", "Lyon", "Köln", "Utrecht", "Valencia", "Malmö"] as const;
const COUNTRIES = ["DE", "FR", "GB", "NL", "ES", "SE", "US"] as const;

export function buyer(random: Random, number: number): Buyer {
  const first = pick(random, FIRST_NAMES);
  const last = pick(random, LAST_NAMES);
  return {
    name: `${first} ${last}`,
    email: `shopper-${number}@example.com`,
    address: `${pick(random, STREETS)} ${1 + Math.floor(random() * 90)}, ${pick(random, TOWNS)}`,
    country: pick(random, COUNTRIES),
  };
}

export function payment(random: Random, correctMs: number): Payment {
  const isDeclined = chance(random, 0.06);
  const hasAnother = chance(random, 0.5);
  const typo = chance(random, 0.05) ? pick(random, ["card", "email"] as const) : undefined;
  const good = pick(random, GOOD_CARDS);
  const doubleClickMs = chance(random, 0.02) ? 80 + random() * 220 : undefined;
  const coupon = chance(random, 0.4) ? pick(random, COUPONS) : "";
  return {
    cards: isDeclined ? [pick(random, BAD_CARDS), ...(hasAnother ? [good] : [])] : [good],
    shippingRank: random() ** 2, // the cheapest stands first and is liked most
    coupon,
    ...(typo ? { typo } : {}),
    ...(doubleClickMs ? { doubleClickMs } : {}),
    correctMs,
  };
}

/** The form as it is first sent. What a browser itself refuses (an address without an @) never reaches a shop. */
export function mistyped(buyer: Buyer, card: string, typo: Payment["typo"]): { email: string; card: string } {
  return {
    email: typo === "email" ? buyer.email.replace(/\.com$/, "") : buyer.email,
    card: typo === "card" ? card.slice(0, 10) : card,
  };
}

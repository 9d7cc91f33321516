// How the visitors fare, summed up: in constant memory, so that days of shopping need no more than minutes.
import { type Histogram, histogram } from "./histogram.ts";
import type { BotKind } from "./plan/bots.ts";
import type { DeviceClass } from "./plan/devices.ts";
import type { Intent } from "./plan/intents.ts";
import type { End } from "./walk/shopper.ts";

type OfIntent = { visitors: number; carts: number; bought: number };
type Times = { readonly pages: number; readonly p50: number; readonly p95: number; readonly p99: number };

export type Totals = {
  readonly seconds: number;
  /** people who have left for good; those in the shop and those who will come back are not among them */
  readonly visitors: number;
  readonly inside: number;
  readonly away: number;
  readonly ends: Readonly<Record<End, number>>;
  readonly intents: Readonly<Partial<Record<Intent, OfIntent>>>;
  /** of those who have left for good */
  readonly carts: { readonly made: number; readonly bought: number; readonly abandonedShare: number };
  readonly bots: Readonly<Partial<Record<BotKind, number>>>;
  /** people who met an error of the shop, whether they tried again or left */
  readonly metAnError: number;
  readonly requests: number;
  readonly bytes: number;
  readonly pages: number;
  readonly pageMs: Readonly<Partial<Record<DeviceClass | "bot", Times>>>;
  readonly reasons: Readonly<Record<string, number>>;
};

/** One person's account. */
export type Account = { hasCart: boolean; hasMetError: boolean };

export type Tally = ReturnType<typeof tally>;

const MOST_REASONS = 50;

export function tally() {
  const started = performance.now();
  const ends: Record<End, number> = { bought: 0, declined: 0, soldOut: 0, looked: 0, dear: 0, impatient: 0, failed: 0 };
  const intents: Partial<Record<Intent, OfIntent>> = {};
  const bots: Partial<Record<BotKind, number>> = {};
  const times = new Map<DeviceClass | "bot", Histogram>();
  const reasons = new Map<string, number>();
  const sums = { inside: 0, away: 0, visitors: 0, made: 0, bought: 0, metAnError: 0, requests: 0, bytes: 0 };

  return {
    came: () => {
      sums.inside += 1;
    },
    left: () => {
      sums.inside -= 1;
      sums.away += 1;
    },
    cameBack: () => {
      sums.inside += 1;
      sums.away -= 1;
    },
    ended: (intent: Intent, end: End, { hasCart, hasMetError }: Account) => {
      const isBought = end === "bought";
      const own = intents[intent] ?? { visitors: 0, carts: 0, bought: 0 };
      intents[intent] = own;
      sums.inside -= 1;
      sums.visitors += 1;
      ends[end] += 1;
      own.visitors += 1;
      if (hasCart) {
        sums.made += 1;
        own.carts += 1;
      }
      if (isBought) {
        sums.bought += 1;
        own.bought += 1;
      }
      if (hasMetError) sums.metAnError += 1;
    },
    bot: (kind: BotKind) => {
      bots[kind] = (bots[kind] ?? 0) + 1;
    },
    page: (of: DeviceClass | "bot", ms: number) => {
      const some = times.get(of) ?? histogram();
      some.add(ms);
      times.set(of, some);
    },
    request: (bytes: number) => {
      sums.requests += 1;
      sums.bytes += bytes;
    },
    reason: (text: string) => {
      const key = reasons.has(text) || reasons.size < MOST_REASONS ? text : "other";
      reasons.set(key, (reasons.get(key) ?? 0) + 1);
    },
    inside: () => sums.inside,
    totals: (): Totals => {
      const { made, bought, ...rest } = sums;
      const pageMs = Object.fromEntries([...times].map(([of, some]) => [of, timesOf(some)]));
      return {
        seconds: Number(((performance.now() - started) / 1000).toFixed(1)),
        ...rest,
        ends,
        intents,
        carts: { made, bought, abandonedShare: made === 0 ? 0 : Number((1 - bought / made).toFixed(3)) },
        bots,
        pages: [...times.values()].reduce((sum, some) => sum + some.count(), 0),
        pageMs,
        reasons: Object.fromEntries(reasons),
      };
    },
  };
}

function timesOf(some: Histogram): Times {
  return { pages: some.count(), p50: some.quantile(0.5), p95: some.quantile(0.95), p99: some.quantile(0.99) };
}

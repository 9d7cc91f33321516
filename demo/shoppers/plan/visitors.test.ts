import { expect, test } from "bun:test";
import { DAY_MS, rateAt } from "./arrivals.ts";
import type { Person } from "./person.ts";
import { type Crowd, type Visitor, visitors } from "./visitors.ts";

const CROWD: Crowd = { seed: 7, rate: 10, meanThinkMs: 500, bots: 0.1 };

const first = (count: number, of: Crowd = CROWD): Visitor[] => visitors(of).take(count).toArray();
const people = (some: readonly Visitor[]): Person[] => some.filter((visitor) => visitor.kind === "person");
const MANY = first(40_000);

test("the same seed brings the same shoppers, another seed others", () => {
  expect(first(300)).toEqual(first(300));
  expect(first(300)).not.toEqual(first(300, { ...CROWD, seed: 8 }));
});

test("a higher rate brings the same shoppers sooner, less time to think the same steps faster", () => {
  const without = (some: readonly Visitor[]) =>
    people(some).map(({ number, intent, device, address, buyer, steps }) => {
      return { number, intent, device, address, buyer, kinds: steps.map(({ kind }) => kind) };
    });

  const hurried = first(300, { ...CROWD, rate: 20, meanThinkMs: 50 });

  expect(without(hurried)).toEqual(without(first(300)));
  expect(hurried.at(-1)!.atMs).toBeCloseTo(first(300).at(-1)!.atMs / 2, -4);
});

test("people come as a Poisson process: at the rate of the time of day, with a variance that equals the mean", () => {
  const windowMs = 1_000;
  const counts = new Map<number, number>();
  for (const { atMs } of people(MANY)) {
    const window = Math.floor(atMs / windowMs);
    counts.set(window, (counts.get(window) ?? 0) + 1);
  }
  const windows = Math.floor(MANY.at(-1)!.atMs / windowMs);
  let seen = 0;
  let expected = 0;
  let dispersion = 0;
  for (let window = 0; window < windows; window++) {
    const mean = rateAt((window + 0.5) * windowMs, CROWD.rate);
    const count = counts.get(window) ?? 0;
    seen += count;
    expected += mean;
    dispersion += (count - mean) ** 2 / mean / windows;
  }

  expect(seen / expected).toBeWithin(0.98, 1.02);
  expect(dispersion).toBeWithin(0.93, 1.07); // 1 for a Poisson process; standard error 0.024
});

test("the rate asked for is that of the quietest time; half a day later there are 1.3 times as many", () => {
  expect(rateAt(0, 5)).toBe(5);
  expect(rateAt(DAY_MS / 2, 5)).toBeCloseTo(6.5);
  expect(rateAt(DAY_MS, 5)).toBeCloseTo(5);
});

test("a surge multiplies the visitors while it lasts", () => {
  const surge = { factor: 4, fromMs: 60_000, forMs: 30_000 };
  const times = first(30_000, { ...CROWD, rate: 100, surge }).map(({ atMs }) => atMs);
  const timesUsual = (fromMs: number) => {
    const count = times.filter((atMs) => atMs >= fromMs && atMs < fromMs + 30_000).length;
    return count / (30 * rateAt(fromMs + 15_000, 100 / (1 - CROWD.bots)));
  };

  expect(timesUsual(30_000)).toBeWithin(0.95, 1.05);
  expect(timesUsual(60_000)).toBeWithin(3.9, 4.1);
  expect(timesUsual(90_000)).toBeWithin(0.95, 1.05);
});

test("the share of bots is the one asked for", () => {
  const share = (some: readonly Visitor[]) => 1 - people(some).length / some.length;

  expect(share(MANY)).toBeWithin(0.09, 0.11);
  expect(share(first(5_000, { ...CROWD, bots: 0 }))).toBe(0);
  expect(share(first(5_000, { ...CROWD, bots: 0.6 }))).toBeWithin(0.58, 0.62);
});

test("about 70 % of carts are never bought", () => {
  const carts = people(MANY).filter(({ steps }) => steps.some(({ kind }) => kind === "add"));
  const bought = carts.filter(({ steps }) => steps.some((step) => step.kind === "pay" && step.cards.some(isGood)));

  expect(carts.length / people(MANY).length).toBeWithin(0.3, 0.5);
  expect(1 - bought.length / carts.length).toBeWithin(0.67, 0.73);
});

const isGood = (card: string) => ["4242424242424242", "5555555555554444"].includes(card);

test("some of those who pay have a card that is declined, mistype, or click twice", () => {
  const payments = people(MANY).flatMap(({ steps }) => steps.filter((step) => step.kind === "pay"));
  const share = (is: (payment: (typeof payments)[number]) => boolean) => payments.filter(is).length / payments.length;

  expect(share(({ cards }) => !isGood(cards[0] ?? ""))).toBeWithin(0.04, 0.08);
  expect(share(({ typo }) => typo !== undefined)).toBeWithin(0.03, 0.07);
  expect(share(({ doubleClickMs }) => doubleClickMs !== undefined)).toBeWithin(0.01, 0.03);
});

test("nobody adds before a product was looked at, nobody pays without a cart, whoever leaves comes back", () => {
  for (const { steps } of people(MANY)) {
    const kinds = steps.map(({ kind }) => kind);
    const at = (kind: (typeof kinds)[number]) => kinds.indexOf(kind);
    expect(["land", "landOnProduct"]).toContain(kinds[0]!);
    if (at("add") >= 0) expect(Math.max(at("product"), at("landOnProduct"))).toBeGreaterThanOrEqual(0);
    if (at("pay") >= 0) expect([at("add"), kinds.at(-2)]).toEqual([expect.any(Number), "checkout"]);
    if (at("leave") >= 0) expect(kinds[at("leave") + 1]).toBe("land");
  }
});

test("pauses are log-normal with the mean asked for: most are short, a few are long", () => {
  const pauses = people(MANY)
    .flatMap(({ steps }) => steps.filter(({ kind }) => kind === "product"))
    .map(({ thinkMs }) => thinkMs);
  const sorted = pauses.toSorted((a, b) => a - b);
  const logs = pauses.map(Math.log);
  const mean = (some: readonly number[]) => some.reduce((sum, one) => sum + one, 0) / some.length;
  const centre = mean(logs);
  const deviation = Math.sqrt(mean(logs.map((log) => (log - centre) ** 2)));

  expect(mean(pauses)).toBeWithin(480, 530);
  expect(sorted[Math.floor(sorted.length / 2)]).toBeLessThan(400);
  expect(mean(logs.map((log) => ((log - centre) / deviation) ** 3))).toBeWithin(-0.1, 0.1); // a normal one has no skew
});

test("visitors share addresses: few in all, mobile ones behind a handful", () => {
  const addresses = (some: readonly Person[]) => new Set(some.map(({ address }) => address));
  const mobile = people(MANY).filter(({ device }) => device.pace.name === "4g" || device.pace.name === "3g");

  expect(addresses(people(MANY)).size).toBeLessThan(1_100);
  expect(addresses(mobile).size).toBeLessThanOrEqual(4);
  expect(mobile.length).toBeGreaterThan(5_000);
  for (const address of addresses(people(MANY))) expect(address).toMatch(/^127\.(20|30|40)\.\d+\.\d+$/);
});

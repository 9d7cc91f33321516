import { expect, test } from "bun:test";
import { seededRandom } from "../../base/random.ts";
import type { Finding } from "./answer.ts";
import type { Facts, Series, ServiceFacts } from "./facts.ts";
import { led, mostUnusual, throughput } from "./throughput.ts";

const USUAL = 90;
const LENGTH = 120;
const SINCE = 100;
const NAMES = ["web", "cart", "pay", "job"] as const;

type Rates = {
  /** requests of the outside to web in ten seconds */
  readonly outside?: number;
  /** of web to cart for each of its own, and of cart to pay */
  readonly carts?: number;
  readonly pays?: number;
  /** of the job to pay */
  readonly jobs?: number;
  /** share of cart's requests that fail, and of pay's */
  readonly cartFails?: number;
  readonly payFails?: number;
  readonly webS?: number;
};
const CALM = { outside: 200, carts: 0.5, pays: 1, jobs: 20, cartFails: 0, payFails: 0, webS: 0.05 };

/** Requests come by chance. The outside asks web, that cart, that pay; a job that nobody asks asks pay too. */
function mesh(then: Rates, { seed = 3, before = [] as readonly [number, number][] } = {}): Facts {
  const random = seededRandom(seed);
  const chance = (mean: number) => {
    const normal = Array.from({ length: 12 }, () => random.unit()).reduce((sum, one) => sum + one - 0.5, 0);
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
  };
  const series = () => new Float64Array(LENGTH);
  const services = NAMES.map((name): ServiceFacts => {
    const latency = { mean: series(), p50: series(), p90: series(), p95: series(), p99: series() };
    return { name, requests: series(), availability: series().fill(1), latency };
  });
  const [web, cart, pay] = services as [ServiceFacts, ServiceFacts, ServiceFacts];
  const calls = { outside: series(), web: series(), cart: series(), job: series() };
  for (let at = 0; at < LENGTH; at++) {
    const isOn = at >= SINCE || before.some(([from, length]) => at >= from && at < from + length);
    const now = { ...CALM, ...(isOn && then) };
    calls.outside[at] = chance(now.outside);
    calls.web[at] = chance((calls.outside[at] as number) * now.carts);
    calls.cart[at] = chance((calls.web[at] as number) * now.pays);
    calls.job[at] = chance(now.jobs);
    web.requests[at] = calls.outside[at] as number;
    cart.requests[at] = calls.web[at] as number;
    pay.requests[at] = (calls.cart[at] as number) + (calls.job[at] as number);
    cart.availability[at] = 1 - now.cartFails;
    pay.availability[at] = 1 - now.payFails;
    for (const one of services) {
      const usual = one === web ? now.webS : 0.02;
      for (const values of Object.values(one.latency)) values[at] = usual * (1 + 0.05 * random.unit());
    }
  }
  return {
    services,
    edges: [
      [0, 1],
      [1, 2],
      [3, 2],
    ],
    calls: Object.entries(calls).map(([source, requests]: [string, Series], at) => {
      return { source, callee: [0, 1, 2, 2][at] as number, requests };
    }),
    times: Float64Array.from({ length: LENGTH }, (_, at) => 1_900_000_000 + 10 * at),
    ...{ usual: USUAL, intervalS: 10 },
  };
}

const PAY = 2;
const ofPay = (then: Rates, rest = {}) => throughput(mesh(then, rest), PAY);

test.each([1, 2, 3, 4, 5, 6, 7, 8])("as many requests as usual are told as that (seed %i)", (seed) => {
  const { answer } = ofPay({}, { seed });

  expect(answer).toMatchObject({ state: "nothing-wrong", findings: [] });
  expect(answer.verdict).toStartWith("pay is asked as much as usual: ");
});

test("a surge from outside is followed up to where it comes in", () => {
  const { answer, lead } = ofPay({ outside: 600 });

  expect(answer).toMatchObject({ state: "explained", confidence: "high" });
  const [finding] = answer.findings;
  expect(finding).toMatchObject({ class: "load", subject: { service: "web" }, path: ["pay", "cart", "web"] });
  expect(finding?.sentence).toStartWith("outside asks web 60");
  expect(Date.parse(finding?.since ?? "") / 1000).toBe(1_900_001_000);
  expect(lead).toBeUndefined();
});

test("fewer requests from outside are told as fewer", () => {
  const { answer } = ofPay({ outside: 60 });

  expect(answer.verdict).toStartWith("pay is asked less than usual");
  expect(answer.findings[0]).toMatchObject({ class: "load", subject: { service: "web" } });
});

test("a caller that asks more for each of its requests is who it is, and the load is not", () => {
  const { answer } = ofPay({ pays: 3 });

  const [finding] = answer.findings;
  expect(finding).toMatchObject({ class: "service", subject: { service: "cart" }, path: ["pay", "cart"] });
  expect(finding?.evidence[0]?.baseline).toBeCloseTo(1, 1);
  expect(finding?.evidence[0]?.observed).toBeCloseTo(3, 1);
  expect(answer.ruledOut).toMatchObject([{ class: "load" }]);
});

test("one heavy caller among others is named", () => {
  expect(ofPay({ jobs: 200 }).answer.findings[0]).toMatchObject({ class: "load", subject: { service: "job" } });
});

test("of a caller that fails before it asks, why it fails is the question", () => {
  const { lead } = ofPay({ pays: 0.3, cartFails: 0.7 });

  expect(lead).toMatchObject({ service: "cart", metric: "availability", says: "cart fails before it asks pay" });
});

test("who is failed asks again", () => {
  expect(ofPay({ pays: 3, payFails: 0.6 }).lead).toMatchObject({ service: "pay", says: "cart asks again" });
});

test("visitors of a slow service ask less, and a surge needs no such reason", () => {
  expect(ofPay({ outside: 60, webS: 2 }).lead).toMatchObject({ service: "web", metric: "latency" });
  expect(ofPay({ outside: 600, webS: 2 }).lead).toBeUndefined();
});

test("a surge that was there before and is over does not hide this one", () => {
  const { answer } = ofPay({ outside: 600 }, { before: [[30, 12]] });

  expect(answer.state).toBe("explained");
  expect(answer.baseline.without).toHaveLength(1);
});

test("with too little before it says so", () => {
  const { answer } = throughput({ ...mesh({ outside: 600 }), usual: 5 }, PAY);

  expect(answer.state).toBe("not-enough-data");
});

test("of several services the one that differs most is looked at", () => {
  expect(mostUnusual(mesh({ jobs: 200 }), [0, 1, PAY])).toBe(PAY);
});

test("what is found of the lead comes first, by the way to it", () => {
  const { answer, lead } = ofPay({ pays: 0.3, cartFails: 0.7 });
  if (!lead) throw new Error("no lead");
  const cause = {
    ...(answer.findings[0] as Finding),
    class: "storage" as const,
    subject: { service: "db" },
    path: ["cart", "db"],
  };

  const both = led(answer, lead, { ...answer, findings: [cause], verdict: "cart fails", confidence: "high" });

  expect(both.findings.map(({ subject, rank }) => [rank, subject.service])).toEqual([
    [1, "db"],
    [2, "cart"],
  ]);
  expect(both.findings[0]?.path).toEqual(["pay", "cart", "db"]);
  expect(both).toMatchObject({ confidence: "medium", question: "is pay asked as much as usual" });
});

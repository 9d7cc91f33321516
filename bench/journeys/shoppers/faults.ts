// What may be wrong with the shop, or with who comes to it.
import { LOOP } from "../../../src/analysis/journeys/visits/attributes.ts";

export type Shopper = {
  readonly browser: string;
  readonly campaign: string;
  /** times the usual chance to put something into the cart */
  readonly eagerness: number;
  readonly isBot: boolean;
};

export type Request = {
  readonly event: string;
  readonly status: number | typeof LOOP;
  readonly latencyMs: number;
  readonly version: string;
  readonly workload: string;
};

export type Draw = (name: string) => number;

export type Fault = {
  readonly name: string;
  /** step, from 1, after which they are lost; and at which request and how that can be seen, if it is technical */
  readonly step: number;
  readonly cause?: { readonly event: string; readonly kind: "failure" | "slowness" | "place" };
  /** nobody could tell it from another kind of reason */
  readonly isHidden?: boolean;
  /** the service of which a new version came with it */
  readonly deploys?: string;
  shopper?(plain: Shopper, draw: Draw): Shopper;
  request?(plain: Request, shopper: Shopper, draw: Draw, draws: Draw): Request;
  /** times the usual chance to go on after a step (from 0) */
  goesOn?(step: number, met: Request, draw: Draw): number;
};

const at = (request: Request, event: string, change: Partial<Request>): Request =>
  request.event === event ? { ...request, ...change } : request;

export const FAULTS: readonly Fault[] = [
  {
    name: "checkout slow in one version",
    step: 2,
    cause: { event: "GET /checkout", kind: "slowness" },
    request: (plain) =>
      plain.version === "v2" ? at(plain, "GET /checkout", { latencyMs: plain.latencyMs * 35 }) : plain,
  },
  {
    name: "payment refuses one kind of card",
    step: 3,
    cause: { event: "POST /payment", kind: "failure" },
    request: (plain, _, draw) => (draw("card") < 0.35 ? at(plain, "POST /payment", { status: 402 }) : plain),
  },
  {
    name: "one workload of the cart fails",
    step: 1,
    cause: { event: "POST /cart", kind: "failure" },
    request: (plain) => (plain.workload === "cart-2" ? at(plain, "POST /cart", { status: 503 }) : plain),
  },
  {
    name: "checkout slow for everybody",
    step: 2,
    cause: { event: "GET /checkout", kind: "slowness" },
    request: (plain) => at(plain, "GET /checkout", { latencyMs: plain.latencyMs * 30 }),
  },
  {
    name: "checkout times out now and then",
    step: 2,
    cause: { event: "GET /checkout", kind: "failure" },
    request: (plain, _, __, draws) =>
      draws("times out") < 0.3 ? at(plain, "GET /checkout", { status: 504, latencyMs: 3000 }) : plain,
  },
  {
    name: "cart slow in one browser",
    step: 1,
    cause: { event: "POST /cart", kind: "slowness" },
    request: (plain, { browser }) =>
      browser === "safari" ? at(plain, "POST /cart", { latencyMs: plain.latencyMs * 120 }) : plain,
  },
  {
    name: "coupons time out",
    step: 3,
    cause: { event: "POST /payment", kind: "slowness" },
    deploys: "coupons",
    request: (plain, _, draw) =>
      draw("has a coupon") < 0.4 ? at(plain, "POST /payment", { status: 503, latencyMs: 8_000 }) : plain,
  },
  {
    name: "signing in goes in a circle in one browser",
    step: 2,
    cause: { event: "GET /checkout", kind: "failure" },
    deploys: "web",
    request: (plain, { browser }) => (browser === "safari" ? at(plain, "GET /checkout", { status: LOOP }) : plain),
  },
  {
    name: "one replica shows stale carts",
    step: 3,
    cause: { event: "GET /checkout", kind: "place" },
    goesOn: (step, { workload }) => (step === 2 && workload === "checkout-2" ? 0.3 : 1),
  },
  {
    name: "slow networks of clients time out",
    step: 3,
    cause: { event: "POST /payment", kind: "failure" },
    request: (plain, _, draw) =>
      draw("is on a slow network") < 0.25 ? at(plain, "POST /payment", { status: 408 }) : plain,
  },
  {
    name: "what is added is not in the cart, and nobody is told",
    step: 2,
    isHidden: true,
    deploys: "cart",
    goesOn: (step, _, draw) => (step === 1 && draw("what is added") < 0.4 ? 0.05 : 1),
  },
  { name: "price raised", step: 1, goesOn: (step) => (step === 0 ? 0.6 : 1) },
  { name: "shipping cost shown late", step: 3, goesOn: (step) => (step === 2 ? 0.5 : 1) },
  {
    name: "campaign brings people who look",
    step: 1,
    shopper: (plain, draw) => (draw("clicks the ad") < 0.5 ? { ...plain, campaign: "ad", eagerness: 0.15 } : plain),
  },
  {
    name: "bots",
    step: 1,
    shopper: (plain, draw) => (draw("is a bot") < 0.4 ? { ...plain, browser: "other", isBot: true } : plain),
  },
  {
    name: "new version for a browser whose users buy less",
    step: 1,
    isHidden: true,
    deploys: "web",
    shopper: (plain) => ({ ...plain, eagerness: plain.browser === "safari" ? 0.4 : 1 }),
    request: (plain, { browser }) => ({ ...plain, version: browser === "safari" ? "v2" : "v1" }),
  },
  { name: "stock run out", step: 1, goesOn: (step) => (step === 0 ? 0.4 : 1) },
  { name: "nothing", step: 1 },
];

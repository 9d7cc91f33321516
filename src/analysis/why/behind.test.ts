import { expect, test } from "bun:test";
import type { SeenExchange } from "../../model/figures.ts";
import type { ChangeLine } from "./answer.ts";
import { behind } from "./behind.ts";
import { type Fault, requests } from "./contrast/requests.fixture.ts";

const SECOND_US = 1e6;
const deployed = change({ kind: "deployment", version: "3", text: "version 3 after 2" });
const slowed = (ms: number): Fault => ({ on: () => true, ms });

function change(more: Partial<ChangeLine>): ChangeLine {
  const common = { time: "2030-01-31T12:00:00Z", namespace: "shop", service: "cart", workload: "", version: "" };
  return { kind: "configuration", text: "", ...common, ...more };
}

/** 40 s of a version, from `atS` on */
function some(atS: number, version: string, fault?: Fault): SeenExchange[] {
  return requests(400, fault, { seed: atS + 2 }).map((one, at) => ({
    ...one,
    version,
    startUs: atS * SECOND_US + (at * SECOND_US) / 10,
  }));
}

function told(near: readonly ChangeLine[], before: readonly SeenExchange[], during: readonly SeenExchange[]) {
  return behind({ service: "cart", metric: "latency", near, before, during, beside: [...before, ...during] });
}

test("a new version that is slow from its first requests on is behind it", () => {
  expect(told([deployed], some(0, "2"), some(40, "3", slowed(300)))).toEqual({ class: "deployment", change: deployed });
});

test("of a service that is asked much, what was just before it began is all of the new version", () => {
  const [old, early, late] = [some(0, "2"), some(40, "3", slowed(300)), some(80, "3", slowed(300))];
  const common = { service: "cart", metric: "latency", near: [deployed], before: early, during: late } as const;

  expect(behind({ ...common, beside: [...early, ...late] })).toBeUndefined();
  expect(behind({ ...common, beside: [...old, ...early] })?.class).toBe("deployment");
});

test("one that does as well as the one before is not, nor one of another service", () => {
  expect(told([deployed], some(0, "2"), some(40, "3"))).toBeUndefined();
  expect(told([{ ...deployed, service: "pay" }], some(0, "2"), some(40, "3", slowed(300)))).toBeUndefined();
});

test("trouble that the old version had as well is not the new one's", () => {
  const during = [...some(40, "2", slowed(300)), ...some(60, "3", slowed(300))];

  expect(told([deployed], some(0, "2"), during)).toBeUndefined();
});

test("trouble that begins some time after the new version came is not its", () => {
  const during = [...some(40, "3").slice(0, 250), ...some(65, "3", slowed(300))];

  expect(told([deployed], some(0, "2"), during)).toBeUndefined();
});

test("a rule is behind what only rules do: refuse, cut off, try again, send more", () => {
  const rule = change({ text: "TrafficPolicy shop/cart rateLimits none → 2" });
  const refused = some(40, "2").map((one, at) => (at % 3 ? one : { ...one, status: 429, error: "rate_limited" }));
  const failed = some(40, "2").map((one, at) => (at % 3 ? one : { ...one, status: 500 }));
  const tried = some(40, "2").map((one) => ({ ...one, attempts: 3 }));

  expect(told([rule], some(0, "2"), refused)?.class).toBe("configuration");
  expect(told([rule], some(0, "2"), tried)?.class).toBe("configuration");
  expect(told([rule], some(0, "2"), failed)).toBeUndefined();
  expect(told([{ ...rule, service: "web" }], some(0, "2"), refused)?.class).toBe("configuration");
  expect(
    told([{ ...rule, service: "web", text: "rules[a].backendRefs[cart-v2].weight" }], some(0, "2"), refused),
  ).toBeUndefined();
});

test("a broken version is behind it, and not the rule that sends it more of the calls", () => {
  const rule = change({ service: "web", text: "rules[a].backendRefs[cart].weight 10 → 40" });
  const more = some(40, "3", slowed(300)).map((one, at) => ({ ...one, startUs: 40 * SECOND_US + at * 1000 }));

  expect(told([deployed, rule], some(0, "2"), more)?.class).toBe("deployment");
  expect(told([rule], some(0, "2"), more)?.class).toBe("configuration");
});

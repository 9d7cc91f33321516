import { expect, test } from "bun:test";
import type { Truth } from "../../../demo/faults/injector.ts";
import type { WhyAnswer } from "../../../src/api/types.ts";
import { judge } from "./judge.ts";

const truth: Truth = {
  schema: "meshwise.dev/demo-truth/v1",
  fault: "packet-loss",
  seed: 1,
  causes: [{ classes: ["network"], subject: { service: "cart", workload: "cart-2" }, what: "packets are lost" }],
  decoys: [],
  onset: { from: "2030-01-31T12:00:04Z", to: "2030-01-31T12:00:08Z" },
};

type Found = WhyAnswer["findings"][number];

function answer(state: WhyAnswer["state"], ...findings: Partial<Found>[]): WhyAnswer {
  return {
    state,
    findings: findings.map((one) => ({ class: "service", since: "2030-01-31T12:00:00Z", ...one })),
  } as never;
}

test("service, place in it, class and time are judged apart", () => {
  const [pay, cart] = [{ subject: { service: "pay" } }, { subject: { service: "cart" } }];
  const exact = {
    subject: { service: "cart", workload: "cart-2" },
    class: "network",
    since: "2030-01-31T12:00:06Z",
  } as const;

  expect(judge(truth, answer("explained", exact))).toEqual({
    ...{ isTop1: true, isTop3: true, isExact: true, isClass: true, onsetErrorS: 0 },
  });
  expect(judge(truth, answer("explained", cart))).toMatchObject({
    isTop1: true,
    isExact: false,
    isClass: false,
    onsetErrorS: 4,
  });
  expect(judge(truth, answer("partly", pay, cart))).toMatchObject({ isTop1: false, isTop3: true, isClass: false });
  expect(judge(truth, answer("nothing-wrong"))).toMatchObject({ isTop1: false, isTop3: false });
});

test("of nothing, only silence is right", () => {
  const quiet = { ...truth, causes: [] };

  expect(judge(quiet, answer("nothing-wrong")).isTop1).toBe(true);
  expect(judge(quiet, answer("unexplained", { subject: { service: "cart" } })).isTop1).toBe(false);
  expect(judge(quiet, answer("not-enough-data")).isTop1).toBe(false);
});

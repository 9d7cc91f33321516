import { expect, test } from "bun:test";
import type { Course } from "../../model/tally.ts";
import type { LedgerDocument } from "../ledger/types.ts";
import { mesh } from "./facts.fixture.ts";
import { asSureAs, calledOf, withSome } from "./some.ts";
import { why } from "./why.ts";

const symptom = { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 } as const;
const slow = why(mesh({ web: { own: 0.5 } }), { ...symptom, called: "GET /a of web" });

function ledger(confidence: LedgerDocument["confidence"], requests = 100): LedgerDocument {
  return { service: "web", all: { requests, meanMs: 1, rows: [] }, confidence, how: [], missing: [] };
}

test("some of a service's requests have a name of their own", () => {
  expect(calledOf("cart", { source: "web" })).toBe("cart for web");
  expect(calledOf("cart", { route: "GET /a", source: "outside" })).toBe("GET /a of cart for callers from outside");
  expect(slow.question).toBe("why is GET /a of web slow");
  expect(slow.verdict).toEndWith("; that is made in web");
});

test("an answer is as sure as the ledger of these requests, and tells when their calls are hardly known", () => {
  const sure = asSureAs(ledger("high"), { route: "GET /a" }, slow);
  expect(sure).toMatchObject({ state: "explained", confidence: slow.confidence });
  expect(sure.findings[0]?.subject).toEqual({ service: "web", route: "GET /a" });

  expect(asSureAs(ledger("medium"), {}, slow)).toMatchObject({ state: "explained", confidence: "medium" });
  for (const unknown of [ledger("low"), ledger("high", 0)]) {
    const told = asSureAs(unknown, {}, slow);
    expect(told).toMatchObject({ state: "partly", confidence: "low" });
    expect(told.next[0]).toMatchObject({ command: "meshwise why web" });
  }
});

test("of a mesh in which a service is asked some things only, all else is as it was", () => {
  const step = { requests: 5, faults: 0, ours: 0, refused: 0, timed: 5, durationUs: 50 };
  const course = (steps: Course["services"][number]["steps"]): Course => ({
    ...{ stepSeconds: 10, startsS: [0] },
    services: [{ name: "web", namespace: "shop", steps }],
    calls: [{ source: "outside", destination: "web", requests: steps.map(({ requests }) => requests) }],
  });
  const pay = { name: "pay", namespace: "shop", steps: [step] };
  const called = { source: "web", destination: "pay", requests: [5] };
  const all = course([step]);
  const whole = { ...all, services: [...all.services, pay], calls: [...all.calls, called] };

  const some = withSome(whole, course([{ ...step, requests: 1 }]));

  expect(some.services).toEqual([{ name: "web", namespace: "shop", steps: [{ ...step, requests: 1 }] }, pay]);
  expect(some.calls).toEqual([called, { source: "outside", destination: "web", requests: [1] }]);
});

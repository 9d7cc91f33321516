import { expect, test } from "bun:test";
import { type Asked, type Expected, judge } from "./judge.ts";

const slowBank: Expected = { state: "technical", step: 3, at: "POST /pay", says: "slow", where: "bank" };

type Found = Asked["findings"][number];

function answer(state: Asked["state"], step: number, finding?: Partial<Found>, more: Partial<Asked> = {}): Asked {
  const findings = finding ? [{ class: "slowness", event: "POST /pay", what: "", where: null, ...finding }] : [];
  return { state, step, findings, segments: [], change: null, why: null, ...more } as Asked;
}

const right = { isRight: true, isState: true, isStep: true, isSaid: true, isService: true };

test("state, step, what is said and service are judged apart", () => {
  const said = { what: "answers slower than 900 ms", where: "slow at bank" };

  expect(judge(slowBank, answer("partly", 3, said), "web")).toEqual(right);
  expect(judge(slowBank, answer("explained", 2, said), "web")).toEqual({ ...right, isRight: false, isStep: false });
  expect(judge(slowBank, answer("partly", 3, { ...said, event: "GET /pay" }), "web")).toMatchObject({ isSaid: false });
  expect(judge(slowBank, answer("partly", 3, { ...said, class: "failure" }), "web")).toMatchObject({ isSaid: false });
  expect(judge(slowBank, answer("partly", 3, { ...said, where: null }), "web")).toMatchObject({ isService: false });
  expect(judge(slowBank, answer("undetermined", 3), "web")).toEqual({
    ...{ isRight: false, isState: false, isStep: true, isSaid: false, isService: false },
  });
});

test("what names no other service is met at the one that visitors ask, unless the question goes on to another", () => {
  const loop: Expected = { state: "technical", step: 2, at: "GET /pay", says: "redirect loop", where: "web" };
  const said = { class: "failure", event: "GET /pay", what: "status redirect loop", where: "version = 2" } as const;

  expect(judge(loop, answer("partly", 2, said), "web")).toEqual(right);
  expect(judge(loop, answer("partly", 2, said, handedTo("cart", "cart is slow")), "web").isService).toBe(false);
  expect(judge(loop, answer("partly", 2, said, handedTo("web", "web waits for cart", "cart")), "web").isService).toBe(
    false,
  );
});

test.each([
  ["status 5xx", "status 503", true],
  ["status 5xx", "status 402", false],
  ["status 402", "status 402", true],
  ["status 402", "status 409", false],
])("%s is said by %s: %p", (says, what, isSaid) => {
  const expected: Expected = { state: "technical", step: 1, at: "POST /pay", says, where: "web" };

  expect(judge(expected, answer("partly", 1, { class: "failure", what }), "web").isSaid).toBe(isSaid);
});

test("a refusal by intention is given no deeper reason", () => {
  const sold: Expected = { state: "business", step: 3, at: "POST /pay", says: "status 409", where: "stock" };
  const said = { class: "failure", what: "status 409", where: "409 at stock" } as const;

  const told = handedTo("stock", "stock answers 409 by intention; the reason is in bodies, which are never read");
  expect(judge(sold, answer("partly", 3, said, told), "web")).toEqual(right);
  expect(judge(sold, answer("partly", 3, said, handedTo("stock", "stock is overloaded")), "web").isState).toBe(false);
});

test("without a technical cause, only who is lost may be named", () => {
  const looking: Expected = { state: "not-technical", step: 1, says: "arrival" };
  const segments = [{ what: "arrival = campaign" }] as unknown as Asked["segments"];

  expect(judge(looking, answer("not-technical", 1, undefined, { segments }), "web")).toEqual(right);
  expect(judge(looking, answer("not-technical", 1), "web")).toMatchObject({ isState: true, isSaid: false });
  expect(judge(looking, answer("partly", 1, {}, { segments }), "web")).toMatchObject({ isState: false, isSaid: false });
});

test("of nothing, any cause is false", () => {
  expect(judge({ state: "nothing" }, answer("not-technical", 1), "web").isRight).toBe(true);
  expect(judge({ state: "nothing" }, answer("undetermined", 3), "web").isRight).toBe(true);
  expect(judge({ state: "nothing" }, answer("partly", 3, {}), "web").isRight).toBe(false);
  expect(judge({ state: "nothing" }, answer("not-enough-data", 3), "web").isRight).toBe(false);
});

function handedTo(service: string, verdict: string, cause = service): Partial<Asked> {
  return { why: { service, command: `meshwise why ${service}`, verdict, cause } };
}

import { expect, test } from "bun:test";
import { contrast } from "./contrast.ts";
import { decisive, narrowed } from "./decisive.ts";
import { type Fault, requests } from "./requests.fixture.ts";

const before = requests(2000);
const during = (fault?: Fault, count = 1000) => requests(count, fault, { seed: 2 });
const slow = (fault?: Fault) => contrast("cart", { before, during: during(fault) }, "latency");

test("one bad workload among three is found, and that chance drew who was asked makes it the cause", () => {
  const found = slow({ on: ({ destinationWorkload }) => destinationWorkload === "cart-2", ms: 300 });

  expect(found?.traits[0]).toMatchObject({ attribute: "workload", value: "cart-2", isCaused: true });
  expect(found?.traits[0]?.share).toBeGreaterThan(0.9);
  expect(found?.traits[0]?.covers).toBeGreaterThan(0.9);
  expect(found?.traits[0]?.others).toBeLessThan(0.1);
  expect(narrowed(decisive(found))).toEqual({ workload: "cart-2" });
  expect(found?.traits).toHaveLength(1);
});

test("of a version's only workload it is not told which of them it is", () => {
  const found = slow({ on: ({ version }) => version === "v2", ms: 300 });

  expect(found?.traits[0]).toMatchObject({ value: "cart-3", same: [{ attribute: "version", value: "v2" }] });
  expect(narrowed(decisive(found))).toEqual({ workload: "cart-3", version: "v2" });
});

test("a version of two workloads is the version's, not one of them", () => {
  const found = slow({ on: ({ version }) => version === "v1", ms: 300 });

  expect(narrowed(decisive(found))).toEqual({ version: "v1" });
});

test.each([
  ["route", "GET /cart/{id}", { on: ({ route }) => route === "GET /cart/{id}", ms: 200 }],
  ["caller", "app", { on: ({ source }) => source === "app", ms: 300 }],
  ["input", "GET /cart/7", { on: ({ path, method }) => path === "/cart/7" && method === "GET", ms: 900 }],
  ["connection", "new", { on: ({ flags }) => flags.length === 0, ms: 500 }],
] as const satisfies [string, string, Fault][])("what is slow by %s is told by it", (attribute, value, fault) => {
  const trait = decisive(slow(fault));

  expect(trait).toMatchObject({ attribute, value, isCaused: false });
});

test("failures are contrasted too, and small shares of them", () => {
  const fault: Fault = { on: ({ destinationWorkload }) => destinationWorkload === "cart-1", fails: 0.2 };

  const found = contrast("cart", { before, during: during(fault) }, "availability");

  expect(found).toMatchObject({ bad: "failed", before: 0 });
  expect(decisive(found)).toMatchObject({ attribute: "workload", value: "cart-1", others: 0, isCaused: true });
});

test("who gives up waiting has not failed", () => {
  const gone = during().map((one) => ({ ...one, error: "client_gone", status: 499 }));
  expect(contrast("cart", { before, during: gone }, "availability")).toBeUndefined();
});

test("when all are slow alike nothing is told apart", () => {
  const found = slow({ on: () => true, ms: 300 });

  expect(found?.traits).toEqual([]);
  expect(decisive(found)).toBeUndefined();
});

test("who was always slow is not why it is slow now", () => {
  const always: Fault = { on: ({ destinationWorkload }) => destinationWorkload === "cart-2", ms: 300 };
  const usual = requests(2000, undefined, { always });
  const now = requests(1000, { on: ({ source }) => source === "app", ms: 900 }, { seed: 2, always });

  const found = contrast("cart", { before: usual, during: now }, "latency");

  expect(decisive(found)).toMatchObject({ attribute: "caller", value: "app" });
  expect(found?.traits.map(({ value }) => value)).not.toContain("cart-2");
});

test("two causes at once are told both", () => {
  const isOfEither = ({ source, destinationWorkload }: (typeof before)[number]) =>
    source === "app" || destinationWorkload === "cart-1";

  const values = slow({ on: isOfEither, ms: 500 })?.traits.map(({ value }) => value);

  expect(values?.toSorted()).toEqual(["app", "cart-1"]);
});

test("in healthy windows hardly ever something stands out", () => {
  const told = Array.from({ length: 80 }, (_, at) =>
    contrast("cart", { before, during: requests(600, undefined, { seed: 100 + at }) }, "latency"),
  ).filter((found) => (found?.traits.length ?? 0) > 0);

  expect(told.length).toBeLessThanOrEqual(2);
});

test("a drawn sample counts by its weight, and says no more than it knows", () => {
  const isSlow: Fault = { on: ({ destinationWorkload }) => destinationWorkload === "cart-2", ms: 300 };
  const now = during(isSlow).map((one) => ({ ...one, weight: one.destinationWorkload === "cart-2" ? 1 : 3 }));

  const found = contrast("cart", { before, during: now }, "latency");

  expect(found?.share).toBeLessThan(0.25); // a third of what is kept, a seventh of what was
  expect(decisive(found)).toMatchObject({ value: "cart-2" });
});

test("a few requests say nothing", () => {
  expect(contrast("cart", { before, during: during(undefined, 20) }, "latency")).toBeUndefined();
});

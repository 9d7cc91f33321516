import { expect, test } from "bun:test";
import { type Fault, requests } from "./contrast/requests.fixture.ts";
import { slowerRoutes } from "./slower.ts";

const old = requests(400);
const fresh = (fault?: Fault, seed = 2) => requests(400, fault, { seed });

test("a route is slower when most of its requests are, however wild the slowest ones are", () => {
  const isWild = (at: number) => at % 15 === 0;
  const wild = (some: readonly (typeof old)[number][]) =>
    some.map((one, at) => ({ ...one, durationUs: one.durationUs + (isWild(at) ? 3_000_000 : 0) }));
  const slower = fresh({ on: ({ route }) => route === "POST /cart/{id}/items", ms: 60 });

  expect(slowerRoutes(wild(old), wild(slower)).map(({ name }) => name)).toEqual(["POST /cart/{id}/items"]);
  expect(slowerRoutes(wild(old), wild(fresh()))).toEqual([]);
});

test("in the same traffic hardly ever a route is slower, and a few requests say nothing", () => {
  const found = Array.from({ length: 50 }, (_, at) => slowerRoutes(old, fresh(undefined, 10 + at)).length);

  expect(found.filter((count) => count > 0)).toEqual([]);
  expect(slowerRoutes(old.slice(0, 5), fresh({ on: () => true, ms: 500 }))).toEqual([]);
});

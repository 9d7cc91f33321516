import { expect, test } from "bun:test";
import { requests } from "./contrast/requests.fixture.ts";
import { grownOf, isAskedAgain } from "./grown.ts";

const before = requests(2000);
/** in the time of `before`, so many of a route more */
const withMore = (count: number, route: string) => {
  const other = requests(2000, undefined, { seed: 2 });
  const [one] = before;
  const startUs = (at: number) => ((other.at(-1)?.startUs ?? 0) * at) / count;
  const more = Array.from({ length: count }, (_, at) => ({ ...one, route, startUs: startUs(at) }) as (typeof other)[0]);
  return [...other, ...more].sort((a, b) => a.startUs - b.startUs);
};

test("one route that is asked many times as often holds what came more", () => {
  const grown = grownOf(before, withMore(1500, "GET /report"));

  expect(grown).toMatchObject({ route: "GET /report" });
  expect(grown?.covers).toBeGreaterThan(0.9);
  expect(grown?.before).toBeWithin(3, 7);
  expect(grown?.during).toBeWithin(70, 90);
});

test("one that nobody asked for before does so too", () => {
  expect(grownOf(before, withMore(1500, "POST /import"))?.route).toBe("POST /import");
});

test("a crowd that asks for everything grows with no route", () => {
  const crowd = requests(4000, undefined, { seed: 2 }).map((one) => ({ ...one, startUs: one.startUs / 2 }));

  expect(grownOf(before, crowd)).toBeUndefined();
  expect(grownOf(before, withMore(800, "GET /cart/{id}"))).toBeUndefined(); // it was most before, and is not three times that
  expect(grownOf(before, before)).toBeUndefined();
  expect(grownOf([], before)).toBeUndefined();
});

test("what whoever gave up asks again is no crowd", () => {
  const again = (count: number, givenUp: number) =>
    withMore(count, "GET /report").map((one, at) =>
      at % 10 < givenUp ? { ...one, status: 0, error: "client_gone" } : one,
    );

  expect(isAskedAgain(before, again(800, 9))).toBe(true);
  expect(isAskedAgain(before, again(800, 1))).toBe(false);
  expect(isAskedAgain(before, again(3000, 9))).toBe(false);
  expect(isAskedAgain(before, before)).toBe(false);
});

import { expect, test } from "bun:test";
import { rolesOf } from "../why/roles.ts";
import { logOfVisits, type VisitLog } from "./log-of-visits.ts";
import { type Row, VISIT_FLAG, visitTable } from "./table.fixture.ts";

/** By visitor, what he did. */
function trails({ log }: VisitLog): string[][] {
  return Array.from({ length: log.starts.length - 1 }, (_, who) =>
    Array.from(log.events.subarray(log.starts[who], log.starts[who + 1]), (event) => log.names[event] as string),
  );
}

function attribute({ log }: VisitLog, name: string): string[] {
  const found = log.attributes.find((one) => one.name === name);
  return Array.from(found?.codes ?? [], (code) => found?.values[code] as string);
}

const PRODUCT = "GET /product/{id}";
const CART = "POST /cart";

test("requests of one key are one visitor, in the order of their times", () => {
  const visits = logOfVisits(
    visitTable([
      { atS: 2, who: 1, route: CART },
      { atS: 1, who: 1, route: PRODUCT },
      { atS: 1, who: 2, route: PRODUCT },
    ]),
  );

  expect(trails(visits)).toEqual([[PRODUCT, CART], [PRODUCT]]);
  expect(visits.visitors).toEqual({ people: 2, weak: 0, robots: 0 });
});

test("keys that were joined are one visitor, over any number of steps", () => {
  const visits = logOfVisits(
    visitTable([
      { atS: 1, who: 1, route: "GET /" },
      { atS: 2, who: 3, joins: 2, route: PRODUCT },
      { atS: 3, who: 2, joins: 1, route: "POST /login" },
      { atS: 4, who: 3, route: CART },
    ]),
  );

  expect(trails(visits)).toEqual([["GET /", PRODUCT, "POST /login", CART]]);
});

test("who is known by address and program alone is left out where others are known better", () => {
  const weak: Row = { atS: 1, who: 1, route: PRODUCT, strength: "weak" };
  const mixed = logOfVisits(visitTable([weak, { atS: 1, who: 2, route: CART }]));
  const alone = logOfVisits(visitTable([weak]));

  expect(trails(mixed)).toEqual([[CART]]);
  expect(mixed.visitors.weak).toBe(1);
  expect(mixed.isWeak).toBe(false);
  expect(trails(alone)).toEqual([[PRODUCT]]);
  expect(alone.isWeak).toBe(true);
});

test("robots are left out: by what they say, and by the beat at which they ask and never load a picture", () => {
  const beat = (who: number): Row[] => Array.from({ length: 20 }, (_, at) => ({ atS: at * 10, who, route: PRODUCT }));
  const picture: Row = { atS: 5, who: 4, route: "" };
  const visits = logOfVisits(
    visitTable([
      { atS: 1, who: 1, route: PRODUCT, flags: VISIT_FLAG.robot },
      ...beat(2),
      { atS: 1, who: 3, route: CART },
      ...beat(4),
      picture,
    ]),
  );

  expect(visits.visitors.robots).toBe(2);
  expect(trails(visits).map((one) => one.length)).toEqual([1, 20]);
});

test("whoever keeps no cookie and loads no picture, where others do, is a robot", () => {
  const visits = logOfVisits(
    visitTable([
      { atS: 1, who: 1, route: "" },
      { atS: 1, who: 1, route: PRODUCT },
      { atS: 1, who: 2, route: PRODUCT, flags: VISIT_FLAG.isNew },
      { atS: 1, who: 3, route: PRODUCT },
    ]),
  );

  expect(visits.visitors).toEqual({ people: 2, weak: 0, robots: 1 });
});

test("a client with a credential may keep time like a machine: it is one", () => {
  const rows = Array.from({ length: 30 }, (_, at): Row => {
    return { atS: at * 10, who: 1, route: "GET /orders", strength: "credential", browser: "program", isScript: true };
  });

  expect(logOfVisits(visitTable(rows)).visitors).toEqual({ people: 1, weak: 0, robots: 0 });
});

test("a page that a cache served is known by what came from it", () => {
  const visits = logOfVisits(
    visitTable([
      { atS: 1, who: 1, route: CART, from: PRODUCT },
      { atS: 10, who: 2, route: PRODUCT },
      { atS: 20, who: 2, route: CART, from: PRODUCT },
    ]),
  );

  expect(trails(visits)).toEqual([
    [PRODUCT, CART],
    [PRODUCT, CART],
  ]);
  expect(visits.inferred).toBe(1);
  expect(attribute(visits, "status")[0]).toBe("");
});

test("a form that comes back is a try, where it mostly leads elsewhere", () => {
  const post = (who: number, status: number): Row => ({ atS: who, who, route: CART, status });
  const visits = logOfVisits(visitTable([post(1, 303), post(2, 303), post(3, 200)]));

  expect(Array.from(rolesOf(visits.log).undone)).toEqual([0, 0, 1]);
});

test("a form that always answers with a page is done by it", () => {
  const visits = logOfVisits(visitTable([1, 2, 3].map((who) => ({ atS: who, who, route: CART, status: 200 }))));

  expect(Array.from(rolesOf(visits.log).undone)).toEqual([0, 0, 0]);
});

test("a hop to another page is no step, and many of them at once are a failure", () => {
  const hop = (who: number, atS: number): Row => ({ atS, who, route: "GET /checkout", status: 302 });
  const visits = logOfVisits(
    visitTable([
      hop(1, 1),
      { atS: 2, who: 1, route: "GET /login" },
      ...Array.from({ length: 12 }, (_, at) => hop(2, 1 + at / 10)),
      { atS: 1, who: 3, route: "GET /checkout" },
    ]),
  );

  expect(trails(visits)).toEqual([["GET /login"], ["GET /checkout"], ["GET /checkout"]]);
  expect(Array.from(rolesOf(visits.log).failed)).toEqual([0, 1, 0]);
});

test("routes of two entry services that are called alike are told apart", () => {
  const visits = logOfVisits(
    visitTable([
      { atS: 1, who: 1, route: "GET /", service: "web" },
      { atS: 2, who: 1, route: "GET /", service: "admin" },
      { atS: 3, who: 1, route: CART, service: "web" },
    ]),
  );

  expect(trails(visits)).toEqual([["GET / (web)", "GET / (admin)", CART]]);
});

test("a visitor is told by what he began with, a request by what it met", () => {
  const visits = logOfVisits(
    visitTable([
      { atS: 1, who: 1, route: "GET /", browser: "safari", flags: VISIT_FLAG.mobile | VISIT_FLAG.campaign },
      { atS: 2, who: 1, route: CART, status: 502, culprit: "503 at stock", latencyMs: 1234.5 },
    ]),
  );

  expect(attribute(visits, "browser")).toEqual(["safari", "safari"]);
  expect(attribute(visits, "device")).toEqual(["mobile", "mobile"]);
  expect(attribute(visits, "arrival")).toEqual(["campaign", "campaign"]);
  expect(attribute(visits, "entry")).toEqual(["GET /", "GET /"]);
  expect(attribute(visits, "upstream")).toEqual(["", "503 at stock"]);
  expect(attribute(visits, "latency_ms")).toEqual(["20", "1230"]);
});

test("what is not of the window is not counted", () => {
  const table = visitTable([
    { atS: 1, who: 1, route: PRODUCT },
    { atS: 5, who: 1, route: CART },
  ]);

  expect(trails(logOfVisits({ ...table, fromMs: 2000, toMs: 6000 }))).toEqual([[CART]]);
  expect(trails(logOfVisits({ ...table, fromMs: 0, toMs: 5000 }))).toEqual([[PRODUCT]]);
});

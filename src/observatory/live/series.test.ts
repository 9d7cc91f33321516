import { expect, test } from "bun:test";
import { ERROR_CODES, type ErrorCode } from "../../base/errors/index.ts";
import { METHODS } from "../../model/span.ts";
import { OTHER_ROUTE } from "../routes/book.ts";
import { type BookDeps, type End, outcome, seriesBook } from "./series.ts";

const WEB: End = { name: "web", namespace: "shop" };
const CART: End = { name: "cart", namespace: "shop" };
const GET = METHODS.indexOf("GET");
const OK = outcome(200, 0);

const bookOf = (limits: BookDeps["limits"] = {}) => seriesBook({ routeName: (id) => `/${id}`, limits });

test("what differs in route, method, version or outcome is another series of the same edge", () => {
  const book = bookOf();
  const edge = book.edge(WEB, CART, 80, 1);
  const [v1, v2] = [book.version("v1"), book.version("v2")];

  const found = [
    book.find(edge, 1, GET, v1, OK),
    book.find(edge, 2, GET, v1, OK),
    book.find(edge, 1, GET + 1, v1, OK),
    book.find(edge, 1, GET, v2, OK),
    book.find(edge, 1, GET, v1, outcome(503, 0)),
    book.find(edge, 1, GET, v1, outcome(200, 1)),
  ];

  expect(new Set(found).size).toBe(6);
  expect(book.find(book.edge(WEB, CART, 80, 1), 1, GET, v1, OK)).toBe(found[0] as never);
  expect(found[3]).toMatchObject({ source: "web", destination: "cart", route: "/1", method: "GET", version: "v2" });
});

test("an edge with too many series counts the rest by outcome alone", () => {
  const book = bookOf({ perEdge: 10 });
  const edge = book.edge(WEB, CART, 80, 1);
  for (let route = 1; route <= 10; route++) book.find(edge, route, GET, 0, OK);

  const others = [book.find(edge, 11, GET, 0, OK), book.find(edge, 12, GET, 0, OK), book.find(edge, 13, GET, 0, 40)];

  expect(others[0]).toMatchObject({ destination: "cart", route: OTHER_ROUTE, method: "_OTHER", statusClass: 2 });
  expect(others[1]).toBe(others[0] as never);
  expect(others[2]?.error).not.toBe("");
  expect(book.find(book.edge(CART, WEB, 80, 1), 11, GET, 0, OK).route).toBe("/11");
});

test("edges beyond what there is room for are one between others", () => {
  const book = bookOf({ edges: 5 });
  for (let port = 1; port <= 5; port++) book.edge(WEB, CART, port, 1);

  expect(book.edge(WEB, CART, 6, 1)).toMatchObject({ source: "other", destination: "other", port: 0 });
  expect(book.edge(WEB, CART, 5, 1)).toMatchObject({ source: "web", destination: "cart" });
});

test("calls to the outside leave room for those in the mesh", () => {
  const book = bookOf({ edges: 8, series: 10 });
  const api: End = { name: "api.example.com", namespace: "" };
  const outside = (port: number) => book.edge(WEB, api, port, 1);
  for (let port = 1; port <= 20; port++)
    for (let route = 1; route <= 5; route++) book.find(outside(port), route, GET, 0, OK);

  expect(outside(4).destination).toBe("api.example.com");
  expect(outside(5)).toMatchObject({ source: "other", destination: "other" });
  const within = book.edge(WEB, CART, 80, 1);
  expect([1, 2, 3].map((route) => book.find(within, route, GET, 0, OK).route)).toEqual(["/1", "/2", "/3"]);
  book.forget(1);
  expect(outside(9).destination).toBe("api.example.com");
});

test("series that nobody counts any more make room for others", () => {
  const book = bookOf({ series: 2, edges: 1 });
  const edge = book.edge(WEB, CART, 80, 1);
  book.find(edge, 1, GET, 0, OK).lastS = 100;
  book.find(edge, 2, GET, 0, OK).lastS = 200;
  expect(book.find(edge, 3, GET, 0, OK).route).toBe(OTHER_ROUTE);

  book.forget(150);

  expect(book.find(edge, 3, GET, 0, OK).route).toBe("/3");
  expect(book.find(edge, 2, GET, 0, OK).lastS).toBe(200);
});

function failed(code: ErrorCode | undefined, statusClass: number) {
  const book = bookOf();
  const error = code === undefined ? 0 : ERROR_CODES.indexOf(code) + 1;
  const series = book.find(book.edge(WEB, CART, 80, 1), 0, GET, 0, outcome(statusClass * 100, error));
  const { isSuccess, isFault, isOurs } = series;
  return { isSuccess, isFault, isOurs };
}

test.each([
  ["an answer of 200", undefined, 2, { isSuccess: true, isFault: false, isOurs: false }],
  ["an answer of 500", undefined, 5, { isSuccess: false, isFault: true, isOurs: false }],
  ["the callee does not listen", "upstream_refused", 5, { isSuccess: false, isFault: true, isOurs: false }],
  ["it is too slow for the route", "request_overdue", 5, { isSuccess: false, isFault: true, isOurs: false }],
  ["the caller went away", "client_gone", 0, { isSuccess: false, isFault: false, isOurs: false }],
  ["the caller asks too much", "rate_limited", 4, { isSuccess: false, isFault: false, isOurs: false }],
  ["an upgrade cut it", "proxy_draining", 0, { isSuccess: false, isFault: false, isOurs: true }],
] as const)("who is to blame: %s", (_, code, statusClass, verdict) => {
  expect(failed(code, statusClass)).toEqual(verdict);
});

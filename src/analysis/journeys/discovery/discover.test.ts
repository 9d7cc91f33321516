import { expect, test } from "bun:test";
import { logBuilder } from "../log-builder.ts";
import { journeysOf } from "./discover.ts";

const MINUTE = 60_000;

function logOf(cases: readonly (readonly string[])[], pauseMs = MINUTE) {
  const log = logBuilder();
  for (const [visitor, path] of cases.entries()) {
    for (const [at, event] of path.entries()) log.add(at * pauseMs, `${visitor}`, event);
  }
  return log.finish();
}

const repeated = <Value>(times: number, value: Value): Value[] => Array.from({ length: times }, () => value);

test("dependency is the difference of both directions over their sum and one", () => {
  const { graph } = journeysOf(logOf([...repeated(30, ["a", "b"]), ...repeated(10, ["b", "a"])]));

  const [edge] = graph.filter(({ from, to }) => from === "a" && to === "b");
  expect(edge).toEqual({ from: "a", to: "b", count: 30, dependency: 20 / 41 });
});

test("the graph counts only cases that it tells wholly, and says how many these are", () => {
  const usual = repeated(1000, ["a", "b", "c"]);
  const strange = repeated(3, ["c", "a", "x", "b"]);

  const { graph, coverage } = journeysOf(logOf([...usual, ...strange]));

  expect(graph.map(({ from, to, count }) => [from, to, count])).toEqual([
    ["a", "b", 1000],
    ["b", "c", 1000],
  ]);
  expect(coverage).toEqual({ cases: 1000 / 1003, steps: 3000 / 3012 });
});

test("a case of weeks is no session", () => {
  const { unit, counts } = journeysOf(logOf(repeated(50, ["arrive", "be seen", "leave"]), 24 * 60 * MINUTE));

  expect([unit, counts.cases]).toEqual(["visitor", 50]);
});

test("a timer's requests are no steps", () => {
  const log = logBuilder();
  for (let visitor = 0; visitor < 60; visitor++) {
    log.add(0, `${visitor}`, "GET /");
    for (let at = 1; at < 12; at++) log.add(at * 30_000 + ((visitor * at) % 7) * 100, `${visitor}`, "GET /status");
    log.add(200_000 + visitor * 900, `${visitor}`, "POST /order");
  }

  const { ignored, steps } = journeysOf(log.finish());

  expect(ignored).toEqual([{ event: "GET /status", because: "poll" }]);
  expect(steps.map(({ event }) => event)).toEqual(["GET /", "POST /order"]);
});

test("where nobody comes for anything no goal is named", () => {
  const pages = ["GET /a", "GET /b", "GET /c"];
  const { goals, verdict } = journeysOf(logOf(repeated(100, pages).map((path, at) => [path[at % 3]!])));

  expect(goals).toEqual([]);
  expect(verdict).toBe("no goal stands out among 100 sessions");
});

test("an empty log is no mistake", () => {
  expect(journeysOf(logBuilder().finish())).toMatchObject({ goals: [], graph: [], paths: [], counts: { cases: 0 } });
});

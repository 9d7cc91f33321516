import { expect, test } from "bun:test";
import type { ChangeRow } from "../../src/api/types.ts";
import { changeText, marksOf } from "./marks.ts";

const change = (second: number, text = `at ${second}`): ChangeRow => ({
  ...{ time: new Date(second * 1000).toISOString(), kind: "deployment", namespace: "shop", service: "cart" },
  ...{ workload: "", version: "v2", text },
});

test("what lies outside the window has no mark, and what stands too near is in the mark before it", () => {
  const marks = marksOf([change(90), change(110), change(111), change(150), change(201)], [100, 200]);

  expect(marks.map(({ time, changes }) => [time, changes.length])).toEqual([
    [110, 2],
    [150, 1],
  ]);
});

test("a change says its kind, whose it is, and what", () => {
  expect(changeText(change(1, "version v2 after v1"))).toBe("deployment of cart: version v2 after v1");
  expect(changeText({ ...change(1, "the project was started"), service: "" })).toBe(
    "deployment: the project was started",
  );
});

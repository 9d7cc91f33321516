import { describe, expect, test } from "bun:test";
import { changed, dragged, paused, readView, resumed, type View, writeView } from "./view.ts";

const FULL: View = {
  range: { kind: "live", since: "15m" },
  service: "shop/cart",
  metric: "throughput",
  focus: { service: "cart", up: 2, down: 0 },
  expand: ["shop", "billing"],
  as: "table",
  filters: { status: "5xx", path: "/a b?&=%20/ü", "min-duration": "250ms" },
};

describe("the address", () => {
  test.each([
    ["everything", FULL],
    ["a call", { range: FULL.range, call: { source: "web", destination: "api.example.com:443" }, filters: {} }],
    ["all folded", { range: FULL.range, expand: [], filters: {} }],
    ["a time that is over", { range: { kind: "still", from: iso(0), to: iso(60) }, filters: {} }],
  ] satisfies [string, View][])("gives the same view again: %s", (_, view) => {
    expect(readView(writeView(view))).toEqual(view);
  });

  test("names the range and the service in words that can be typed", () => {
    expect(writeView({ range: { kind: "live", since: "5m" }, service: "cart", filters: {} })).toBe(
      "since=5m&service=cart",
    );
  });

  test.each([
    ["", "nothing"],
    ["since=7m", "a range that is not offered"],
    ["from=yesterday&to=now", "no times"],
    [`from=${iso(60)}&to=${iso(0)}`, "an end before its beginning"],
  ])("%s is the last five minutes: %s", (search) => {
    expect(readView(search).range).toEqual({ kind: "live", since: "5m" });
  });

  test.each([
    ["focus=cart", { service: "cart", up: 1, down: 1 }],
    ["focus=cart&up=99&down=-1", { service: "cart", up: 5, down: 0 }],
    ["focus=cart&up=x", { service: "cart", up: 1, down: 1 }],
  ])("%s", (search, focus) => {
    expect(readView(search).focus).toEqual(focus);
  });

  test.each(["call=web", "call=..cart", "call=a..b..c"])("%s is no call", (search) => {
    expect(readView(search).call).toBeUndefined();
  });
});

test("a change to undefined takes a thing away", () => {
  expect(changed(FULL, { service: undefined })).not.toHaveProperty("service");
});

test("pausing holds the range still, resuming goes on with its length", () => {
  const still = paused({ kind: "live", since: "1h" }, Date.parse(iso(3600)));

  expect(still).toEqual({ kind: "still", from: iso(0), to: iso(3600) });
  expect(resumed(still)).toEqual({ kind: "live", since: "1h" });
  expect(paused(still, 0)).toBe(still);
});

test("a range that is not offered goes on as the next longer one", () => {
  expect(resumed({ kind: "still", from: iso(0), to: iso(400) })).toEqual({ kind: "live", since: "15m" });
  expect(resumed({ kind: "still", from: iso(0), to: iso(999_999) })).toEqual({ kind: "live", since: "24h" });
});

function iso(seconds: number): string {
  return new Date(Date.UTC(2030, 0, 1) + seconds * 1000).toISOString();
}

test("what is dragged over a chart is a time that is over, and long enough to be asked about", () => {
  const epoch = Date.parse(iso(0)) / 1000;
  expect(dragged(epoch + 100.4, epoch + 190.6)).toEqual({ kind: "still", from: iso(100), to: iso(191) });
  expect(dragged(epoch + 100, epoch + 104)).toEqual({ kind: "still", from: iso(87), to: iso(117) });
});

import { expect, test } from "bun:test";
import type { TapRow } from "../../../src/api/types.ts";
import { MOST_REQUESTS, withNews } from "./kept.ts";

const row = (second: number, spanId = String(second)) =>
  ({ time: new Date(second * 1000).toISOString(), spanId }) as TapRow;
const ids = (rows: readonly TapRow[]) => rows.map(({ spanId }) => spanId);

test("the newest is on top", () => {
  expect(ids(withNews([row(2), row(1)], [row(3), row(4)]))).toEqual(["4", "3", "2", "1"]);
});

test("what the stream tells again after a reconnect is there once", () => {
  const kept = withNews([], [row(1), row(2)]);

  expect(ids(withNews(kept, [row(1), row(2), row(3)]))).toEqual(["3", "2", "1"]);
  expect(withNews(kept, [row(2)])).toBe(kept);
});

test("there are never more than fit", () => {
  const rows = withNews(
    [],
    Array.from({ length: 500 }, (_, second) => row(second)),
  );

  expect(rows).toHaveLength(MOST_REQUESTS);
  expect(rows[0]?.spanId).toBe("499");
});

import { expect, test } from "bun:test";
import type { SeriesRow } from "../../../src/api/types.ts";
import { casesOf, phasesOf } from "./phases.ts";

const NONE = { head: 0, route: 0, pool: 0, connect: 0, tls: 0, send: 0, firstByte: 0, receive: 0, deliver: 0 };
const row = (more: Partial<SeriesRow>) => ({ time: "2030-01-01T00:00:00.000Z", requests: 0, ...more }) as SeriesRow;

test("phases are those of the mean request of all steps", () => {
  const rows = [
    row({ requests: 30, phases: { ...NONE, firstByte: 10, pool: 4 } }),
    row({ requests: 10, phases: { ...NONE, firstByte: 50, tls: 0.1 } }),
    row({ requests: 0 }),
  ];
  expect(phasesOf(rows)).toEqual([
    { name: "wait for a connection", ms: 3 },
    { name: "first byte", ms: 20 },
  ]);
  expect(phasesOf([])).toEqual([]);
});

test("the slowest requests are shown in the order of time", () => {
  const rows = [5, 90, 7, 80].map((durationMs, minute) =>
    row({
      time: `2030-01-01T00:0${minute}:00.000Z`,
      exemplar: { traceId: String(durationMs), spanId: "", durationMs },
    }),
  );
  expect(casesOf(rows, 2).map(({ traceId }) => traceId)).toEqual(["90", "80"]);
});

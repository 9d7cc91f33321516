import { expect, test } from "bun:test";
import type { LoadResult } from "./load.ts";
import { isSound, table, tally } from "./tally.ts";

const EVENT = { event: "roll", repeated: 50, isForInformation: false, trouble: [] };

function load(changes: Partial<LoadResult>): LoadResult {
  const counts = { requests: 10, failedByApp: 0, failures: 0, unanswered: 0, connections: 1 };
  return { ...counts, posted: [], examples: [], slowest: [], slowestMs: 1, p50Ms: 1, p99Ms: 1, ...changes };
}

test("a POST that two replicas carried out, and one that nobody did, are counted from the services' records", () => {
  const loads = { outside: load({ posted: [1, 2, 3] }), inside: load({ posted: [1] }) };

  const row = tally(EVENT, loads, [
    ["done outside-1", "done outside-2", "broken outside-9 ECONNRESET"],
    ["done outside-1", "done inside-1"],
    [""],
  ]);

  expect(row).toMatchObject({ requests: 20, replicas: 2, twice: 1, never: 1, failedByMesh: 0 });
  expect(isSound(row)).toBe(false);
});

test("a failure of the mesh fails a row, one of a service does not", () => {
  expect(isSound(tally(EVENT, { outside: load({ failures: 1 }) }, []))).toBe(false);
  expect(isSound(tally(EVENT, { outside: load({ failedByApp: 1 }) }, []))).toBe(true);
});

test("where failures are by design they are told, and a POST that ran twice fails the row all the same", () => {
  const event = { ...EVENT, isForInformation: true };
  const failed = tally(event, { outside: load({ failures: 3 }) }, []);

  expect(isSound(failed)).toBe(true);
  expect(table([failed])[1]).toMatch(/ 3 .*for information$/);
  expect(isSound(tally(event, {}, [["done inside-4"], ["done inside-4"]]))).toBe(false);
});

test("an event that did not come about fails the row", () => {
  expect(isSound(tally({ ...EVENT, trouble: ["roll 3: not in force"] }, {}, []))).toBe(false);
});

import { expect, test } from "bun:test";
import { keptLog } from "./kept-log.ts";
import { visitTable } from "./table.fixture.ts";

/** a clock by which making a log takes a second */
function slow() {
  let ms = 0;
  return () => (ms += 1_000);
}

const table = visitTable([{ atS: 1, who: 1, route: "GET /" }]);
const later = { ...table, toMs: table.toMs + 2_000, fromMs: table.fromMs + 2_000, revision: 2 };

test("who asks again soon gets the log that is there", () => {
  const logOf = keptLog(slow());

  expect(logOf(later)).not.toBe(logOf({ ...table, toMs: 5_000 }));
  expect(logOf(later).table).toBe(later);
  expect(logOf({ ...later, toMs: later.toMs + 2_000, fromMs: later.fromMs + 2_000, revision: 3 }).table).toBe(later);
});

test("a log that knows of somebody who was forgotten is not given again", () => {
  const logOf = keptLog(slow());
  logOf(table);

  expect(logOf({ ...later, forgotten: 1 }).visits).toBe(logOf({ ...later, forgotten: 1 }).visits);
  expect(logOf({ ...table, forgotten: 2 }).table.forgotten).toBe(2);
});

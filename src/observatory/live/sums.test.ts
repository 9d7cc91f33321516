import { expect, test } from "bun:test";
import fc from "fast-check";
import { span } from "../../../test/support/telemetry.ts";
import { ABSENT, PHASES } from "../../model/span.ts";
import { addSums, type Columns, SUMS, sums } from "./sums.ts";

function columnsOf(overrides: Parameters<typeof span>[0]): Columns {
  return Object.fromEntries(Object.entries(span(overrides)).map(([name, value]) => [name, [value]])) as never;
}
const at = (of: Float64Array, name: (typeof SUMS)[number]) => of[SUMS.indexOf(name)];

test("the phases of an exchange add up to its duration, whichever of them it reached", () => {
  const offset = fc.oneof(fc.constant(ABSENT), fc.nat(10_000));
  const phases = fc.tuple(...PHASES.map(() => offset));
  fc.assert(
    fc.property(phases, fc.integer({ min: 10_000, max: 20_000 }), (offsets, end) => {
      const columns = columnsOf({ ...Object.fromEntries(PHASES.map((name, i) => [name, offsets[i]])), end });

      const found = sums();
      addSums(found, columns, 0);

      expect(found.slice(0, PHASES.length).reduce((sum, part) => sum + part, 0)).toBe(end);
    }),
  );
});

test("the time of a phase that was not reached belongs to the next one", () => {
  const found = sums();
  addSums(
    found,
    columnsOf({ head: 5, routed: 7, pooled: 20, connected: ABSENT, sent: 30, firstByte: 130, end: 150 }),
    0,
  );

  expect(at(found, "poolUs")).toBe(13);
  expect(at(found, "connectUs")).toBe(0);
  expect(at(found, "sendUs")).toBe(10);
  expect(at(found, "firstByteUs")).toBe(100);
  expect(at(found, "connects")).toBe(0);
});

test("round trips are counted where the kernel was asked", () => {
  const found = sums();
  addSums(found, columnsOf({ clientRtt: 200, clientRetransmits: 3, serverRtt: ABSENT, serverRetransmits: ABSENT }), 0);
  addSums(found, columnsOf({ clientRtt: 100, clientRetransmits: 0, serverRtt: 50, serverRetransmits: 1 }), 0);

  expect([at(found, "clientRttUs"), at(found, "clientRtts"), at(found, "clientRetransmits")]).toEqual([300, 2, 3]);
  expect([at(found, "serverRttUs"), at(found, "serverRtts"), at(found, "serverRetransmits")]).toEqual([50, 1, 1]);
});

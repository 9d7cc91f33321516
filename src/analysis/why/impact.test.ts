import { expect, test } from "bun:test";
import { type Row, VISIT_FLAG, visitTable } from "../journeys/visits/table.fixture.ts";
import { impactOf } from "./impact.ts";

const SINCE_S = 600;

/** each second another visitor asks for a page and for its cart; of every fourth one the cart takes or answers something else since then */
function rows(since: Partial<Row>): Row[] {
  return Array.from({ length: 900 }, (_, atS) => {
    const who = atS + 1;
    const isMet = atS >= SINCE_S && atS % 4 === 0;
    const page: Row = { atS, who, route: "GET /", latencyMs: 20 + (atS % 7) };
    return [page, { atS, who, route: "GET /cart", latencyMs: 50 + (atS % 9), ...(isMet && since) }];
  }).flat();
}

const impact = (since: Partial<Row>) =>
  impactOf({ ...visitTable(rows(since)), fromMs: 0, toMs: 900_000 }, 1000 * SINCE_S);

test("visitors are counted whose requests were slow, or failed, beyond the usual", () => {
  for (const since of [{ latencyMs: 900 }, { status: 503 }]) {
    const felt = impact(since);
    expect(felt?.among).toEqual({ requests: 600, visitors: 300 });
    expect(felt?.requests).toBeWithin(65, 76);
    expect(felt?.visitors).toBeWithin(55, 76);
  }
});

test("when it is as usual, nobody has felt anything", () => {
  expect(impact({})).toBeUndefined();
  expect(impactOf(visitTable([]), 1000 * SINCE_S)).toBeUndefined();
});

test("robots feel nothing, and a page that nobody knew before cannot be slow", () => {
  expect(impact({ flags: VISIT_FLAG.robot, latencyMs: 900 })).toBeUndefined();
  expect(impact({ route: "GET /new", latencyMs: 900 })).toBeUndefined();
});

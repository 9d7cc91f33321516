// Requests, tries and copies are told apart: in the figures, in single exchanges, and after a restart.
import { expect, test } from "bun:test";
import { ABSENT, FLAG, type Span } from "../../src/model/span.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, span } from "../support/telemetry.ts";

const repeat = (count: number, of: Partial<Span>): Span[] =>
  Array.from({ length: count }, (_, i) => span({ end: 1_000, trace3: i + 1, pooled: ABSENT, ...of }));

/** 10 requests, of which 2 failed; 5 tries before them that failed; 3 copies for `pay`, 1 of them a failure */
function traffic(nowUs: number): Span[] {
  const startUs = nowUs - 30e6;
  return [
    ...repeat(8, { startUs, status: 200, attempts: 1, rule: 7 }),
    ...repeat(2, { startUs, status: 503, attempts: 3, rule: 7 }),
    ...repeat(5, { startUs, status: 503, attempts: 1, rule: 7, flags: FLAG.attempt, rival: 14 }),
    ...repeat(2, { startUs, service: 3, workload: 13, flags: FLAG.mirrored }),
    ...repeat(1, { startUs, service: 3, workload: 13, status: 500, flags: FLAG.mirrored }),
  ];
}

async function expectFigures({ observatory, clock }: Opened): Promise<void> {
  const window = { fromUs: clock.nowUs() - 900e6, toUs: clock.nowUs() };
  const { rows } = await observatory.queries.services(window);
  expect(rows.find(({ service }) => service === "cart")).toMatchObject({
    requests: 10,
    failures: 2,
    success: 0.8,
    attempts: 15,
    actualSuccess: 8 / 15,
  });
  expect(rows.find(({ service }) => service === "pay")).toMatchObject({ requests: 0, attempts: 0 });
}

test("a try that another one followed is no request, and a copy is in no figure", async () => {
  await inObservatory(async (first) => {
    first.observatory.intake.spans(batchOf(traffic(first.clock.nowUs())));
    await expectFigures(first);
    first.clock.advance(60_000);
    await expectFigures(first);

    // counted anew from what is stored, nothing is counted twice
    const second = await first.again();
    expect(second.said).toEqual([]);
    await expectFigures(second);
  });
});

test("single exchanges show all of them, with the rule's name, the try's number and who was passed over", async () => {
  await inObservatory(async (first) => {
    first.observatory.intake.spans(batchOf(traffic(first.clock.nowUs())));
    const before = (await first.observatory.queries.tap({}, 100)).rows;
    const { observatory } = await first.again();
    const after = (await observatory.queries.tap({}, 100)).rows;

    for (const rows of [before, after]) {
      expect(rows).toHaveLength(18);
      const tries = rows.filter(({ flags }) => flags.includes("attempt"));
      expect(tries).toHaveLength(5);
      expect(tries[0]).toMatchObject({ rule: "shop/route-7/0", attempts: 1, rival: "stock-1", status: 503 });
      const copies = rows.filter(({ flags }) => flags.includes("mirrored"));
      expect(copies).toHaveLength(3);
      expect(copies[0]?.rule).toBeUndefined();
    }
  });
});

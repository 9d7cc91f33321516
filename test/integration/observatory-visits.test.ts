// What visitors did, from spans of entry services to the table that journeys are made of: linked, bounded, kept over a restart,
// forgotten when that is asked.
import { expect, test } from "bun:test";
import { ABSENT, FLAG, type Span } from "../../src/model/span.ts";
import { STRENGTHS, VISIT_FIELD, VISIT_FLAG } from "../../src/model/visit.ts";
import type { VisitTable } from "../../src/model/visits.ts";
import { CLIENT_GONE } from "../../src/observatory/ingest/arrival.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, span } from "../support/telemetry.ts";

const COOKIE = STRENGTHS.indexOf("cookie") << VISIT_FIELD.strength[0];
const [GET, POST] = [1, 3];
/** stitching holds rows back for some seconds */
const SETTLED_MS = 20_000;
let spanIds = 1;

function entry(startUs: number, who: number, path: string, more: Partial<Span> = {}): Span {
  const ids = { client0: spanIds, client1: ++spanIds, server0: spanIds, server1: ++spanIds };
  return span({
    ...{ startUs, end: 5_000, firstByte: 4_000, source: 0, service: 1, workload: 11, flags: FLAG.published, path },
    ...{ visitor0: who, visitor1: who + 1, visit: COOKIE, authority: "", ...ids },
    ...more,
  });
}

/** Gives in the spans, of the last second, and waits until they are linked. */
function give({ observatory, clock }: Opened, make: (startUs: number) => Span[], sequence: number): void {
  observatory.intake.spans(batchOf(make(clock.nowUs() - 1e6), sequence) as Uint8Array<ArrayBuffer>);
  clock.advance(SETTLED_MS);
}

function tableOf({ observatory, clock }: Opened): VisitTable {
  return observatory.visits(0, clock.nowUs());
}

type Seen = {
  readonly route: string;
  readonly who: number;
  readonly item: string;
  readonly culprit: string;
  readonly from: string;
};

function rowsOf({ chunks, texts }: VisitTable): Seen[] {
  return chunks.flatMap((chunk) =>
    Array.from({ length: chunk.rows }, (_, row) => ({
      route: texts.places[chunk.places[row] as number]?.route as string,
      who: chunk.visitor0[row] as number,
      item: texts.items[chunk.items[row] as number] as string,
      culprit: texts.culprits[chunk.culprits[row] as number] as string,
      from: texts.places[chunk.froms[row] as number]?.route as string,
    })),
  );
}

const product = (startUs: number, who: number, more: Partial<Span> = {}) =>
  entry(startUs, who, "/product/17", { method: GET, ...more });

test("visits are of entry services alone, and of requests that may be a step", async () => {
  await inObservatory(async (opened) => {
    give(
      opened,
      (startUs) => [
        product(startUs, 1),
        product(startUs, 2, { visit: VISIT_FLAG.optedOut, visitor0: 0, visitor1: 0 }),
        product(startUs, 3, { visit: COOKIE | VISIT_FLAG.prefetch }),
        product(startUs, 4, { flags: FLAG.published | FLAG.probe }),
        product(startUs, 5, { visit: 0 }),
        entry(startUs, 6, "/nowhere", { method: GET, status: 404 }),
        entry(startUs, 1, "/cart\t/product/17\t/done", { method: POST, status: 303 }),
      ],
      1,
    );

    const table = tableOf(opened);
    expect(rowsOf(table)).toEqual([
      { route: "GET /product/{id}", who: 1, item: "", culprit: "", from: "" },
      { route: "POST /cart", who: 1, item: "", culprit: "", from: "GET /product/{id}" },
    ]);
    expect(table.optedOut).toBe(1);
  });
});

test("what a path names is kept once twenty visitors have named it", async () => {
  await inObservatory(async (opened) => {
    const of = (path: string, visitors: number) => (startUs: number) =>
      Array.from({ length: visitors }, (_, who) => entry(startUs, who + 1, path, { method: GET }));

    give(opened, of("/product/17", 19), 1);
    give(opened, of("/product/17", 21), 2);
    give(opened, of("/account/4711", 19), 3);

    const items = rowsOf(tableOf(opened)).map(({ item }) => item);
    expect(items.slice(0, 38)).toEqual(Array(38).fill(""));
    expect(items.slice(38, 40)).toEqual(["17", "17"]);
    expect(items.slice(40)).toEqual(Array(19).fill(""));
  });
});

test("a failure is told with the service that failed, the deepest one", async () => {
  await inObservatory(async (opened) => {
    give(
      opened,
      (startUs) => {
        const top = entry(startUs, 1, "/checkout", { method: POST, status: 402, end: 90_000, firstByte: 80_000 });
        const call = (under: Span, more: Partial<Span>) =>
          entry(startUs + 1_000, 0, "/charge", {
            ...{ visit: 0, flags: FLAG.continued, parent0: under.client0, parent1: under.client1, end: 40_000 },
            ...more,
          });
        const cart = call(top, { source: 11, service: 2, workload: 12, status: 402 });
        const pay = call(cart, { source: 12, service: 3, workload: 13, status: 402 });
        return [top, cart, pay];
      },
      1,
    );

    expect(rowsOf(tableOf(opened)).map(({ culprit }) => culprit)).toEqual(["402 at pay"]);
  });
});

test("of a visitor who went away it is told what he waited for, though that goes on for longer", async () => {
  await inObservatory(async (opened) => {
    const { observatory, clock } = opened;
    const startUs = clock.nowUs() - 3.1e6;
    const gone = { firstByte: ABSENT, status: 0, error: CLIENT_GONE, end: 3e6 };
    const top = entry(startUs, 1, "/checkout", { method: POST, ...gone });
    const call = (under: Span, more: Partial<Span>) =>
      entry(startUs + 1_000, 0, "/charge", {
        ...{ visit: 0, flags: FLAG.continued, parent0: under.client0, parent1: under.client1, end: 6e6 },
        ...more,
      });
    const cart = call(top, { source: 11, service: 2, workload: 12 });
    const pay = call(cart, { source: 12, service: 3, workload: 13 });
    observatory.intake.spans(
      batchOf([entry(startUs, 1, "/checkout", { method: POST }), top], 1) as Uint8Array<ArrayBuffer>,
    );
    clock.advance(3_000);
    observatory.intake.spans(batchOf([cart, pay], 2) as Uint8Array<ArrayBuffer>);
    clock.advance(30_000);

    expect(rowsOf(tableOf(opened)).map(({ culprit }) => culprit)).toEqual(["", "slow at pay"]);
  });
});

test("visits outlive the process", async () => {
  await inObservatory(async (opened) => {
    give(opened, (startUs) => [product(startUs, 1, { joins0: 7, joins1: 8, visit: COOKIE | VISIT_FLAG.joins })], 1);
    const before = tableOf(opened);

    const again = await opened.again();

    const after = tableOf(again);
    expect(rowsOf(after)).toEqual(rowsOf(before));
    expect([after.chunks[0]?.joins0[0], after.chunks[0]?.joins1[0]]).toEqual([7, 8]);
    expect(after.chunks[0]?.visits[0]).toBe(before.chunks[0]?.visits[0] as number);
    expect(after.chunks[0]?.timesMs[0]).toBeCloseTo(before.chunks[0]?.timesMs[0] as number, 2);
  });
});

test("when there are too many the oldest go, and that is told", async () => {
  await inObservatory(
    async (opened) => {
      for (let batch = 0; batch < 3; batch++) {
        give(opened, (startUs) => Array.from({ length: 4_096 }, (_, at) => product(startUs + at, at)), batch);
      }

      const table = tableOf(opened);
      expect(table.shed).toBe(4_096);
      expect(rowsOf(table)).toHaveLength(8_192);
    },
    {},
    () => ({ visitRows: 10_000 }),
  );
});

test("what is too old is not there any more", async () => {
  await inObservatory(
    async (opened) => {
      give(opened, (startUs) => [product(startUs, 1)], 1);
      opened.clock.advance(3_600_000);
      give(opened, (startUs) => [product(startUs, 2)], 2);

      expect(rowsOf(tableOf(opened)).map(({ who }) => who)).toEqual([2]);
    },
    { visitsUs: 1_800e6 },
  );
});

test("a visitor is forgotten with all the keys that were his, also in the store", async () => {
  await inObservatory(async (opened) => {
    const joins = { visit: COOKIE | VISIT_FLAG.joins };
    give(
      opened,
      (startUs) => [
        product(startUs, 1),
        product(startUs, 2, { ...joins, joins0: 1, joins1: 2 }),
        product(startUs, 3, { ...joins, joins0: 2, joins1: 3 }),
        product(startUs, 9),
      ],
      1,
    );
    opened.clock.advance(5_000); // written

    const forgotten = await opened.observatory.forget(["0000000100000002"]);

    expect(forgotten).toBe(3);
    expect(rowsOf(tableOf(opened)).map(({ who }) => who)).toEqual([9]);
    expect(rowsOf(tableOf(await opened.again())).map(({ who }) => who)).toEqual([9]);
  });
});

test("who was forgotten stays so when what they did before comes later, also to the next process; what they do then is new", async () => {
  await inObservatory(async (opened) => {
    give(opened, (startUs) => [product(startUs, 1), product(startUs, 9)], 1);
    await opened.observatory.forget(["0000000100000002"]);
    const doneBeforeUs = opened.clock.nowUs() - 2e6;

    const again = await opened.again();
    again.clock.advance(5_000);
    give(again, (startUs) => [product(doneBeforeUs, 1), product(startUs, 1), product(doneBeforeUs, 9)], 2);

    const theirs = rowsOf(tableOf(again)).map(({ who }) => who);
    expect(theirs.sort()).toEqual([1, 9, 9]);
  });
});

test("keys that only the store knows to be the same visitor's are forgotten too", async () => {
  await inObservatory(
    async (opened) => {
      const joins = { visit: COOKIE | VISIT_FLAG.joins };
      give(opened, (startUs) => [product(startUs, 2, { ...joins, joins0: 1, joins1: 2 }), product(startUs, 1)], 1);
      // so many others that memory lets go of them
      for (let batch = 2; batch < 4; batch++) {
        give(opened, (startUs) => Array.from({ length: 4_096 }, (_, at) => product(startUs + at, 100 + at)), batch);
      }
      give(opened, (startUs) => [product(startUs, 2)], 4);
      opened.clock.advance(5_000); // written

      await opened.observatory.forget(["0000000100000002"]);

      const { rows } = await opened.observatory.sql("SELECT count(*) FROM visits_1 WHERE visitor0 IN (1, 2)", 1);
      expect(rows).toEqual([[0]]);
      expect(rowsOf(tableOf(opened)).filter(({ who }) => who < 3)).toEqual([]);
    },
    {},
    () => ({ visitRows: 5_000 }),
  );
});

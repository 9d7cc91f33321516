import { expect, test } from "bun:test";
import type { SeenExchange } from "../../model/figures.ts";
import type { Ledger, LedgerRow } from "../ledger/types.ts";
import { requests } from "./contrast/requests.fixture.ts";
import { shortenings } from "./shorten.ts";

const all = requests(50).map((one) => ({ ...one, durationUs: 200_000 }));

type Call = { readonly to: string; readonly atMs: number; readonly ms: number };

/** the same calls for each request */
function facts(calls: readonly Call[]) {
  const made = all.flatMap((one) =>
    calls.map(
      ({ to, atMs, ms }): SeenExchange => ({
        ...one,
        ...{ source: "cart", destination: to, route: "GET /{id}", parentSpanId: one.serverSpanId },
        ...{ startUs: one.startUs + 1000 * atMs, durationUs: 1000 * ms },
      }),
    ),
  );
  return { service: "cart", requests: all, calls: made, used: [] };
}

function ledger(...rows: readonly (readonly [part: LedgerRow["part"], ms: number, of?: string])[]): Ledger {
  return {
    ...{ requests: all.length, meanMs: 200 },
    rows: rows.map(([part, ms, of]) => ({ part, ms, share: ms / 200, ...(of && { of }) })),
  };
}

const says = (calls: readonly Call[]) => shortenings(facts(calls), ledger()).map(({ say }) => say);

test("what is asked for each of many, one after the other, may be asked once", () => {
  const many = Array.from({ length: 10 }, (_, at) => ({ to: "stock", atMs: 10 * at, ms: 9 }));
  expect(says(many)).toEqual([
    "each request asks stock for GET /{id} 10 times, one after the other, 90 ms in all: ask once for all of it",
  ]);
  expect(says(many.map((one) => ({ ...one, atMs: 0 })))).toEqual([]);
  expect(says(many.slice(0, 3))).toEqual([]);
});

test("who is asked one after the other may be asked at once; who is asked at once already is not told of", () => {
  const [pay, stock] = [
    { to: "pay", atMs: 0, ms: 60 },
    { to: "stock", atMs: 70, ms: 30 },
  ] as const;
  expect(says([pay, stock])).toEqual([
    "it asks one after the other: pay (60 ms), stock (30 ms); ask those at once that need nothing of each other",
  ]);
  expect(says([pay, { ...stock, atMs: 10 }])).toEqual([]);
  expect(says([pay, { ...stock, ms: 10 }])).toEqual([]);
});

test("each part that is a tenth of a request has its advice, the largest first", () => {
  const steps = shortenings(
    facts([]),
    ledger(
      ["dependency", 90, "pay"],
      ["own: waiting for a CPU", 50, "throttled"],
      ["connecting", 30, "to pay"],
      ["TLS", 5],
    ),
  );
  expect(steps).toEqual([
    { say: "90 ms of it is pay's", command: "meshwise why cart pay" },
    { say: "50 ms of it waits for a CPU: raise its CPU limit" },
    { say: "30 ms of it is connecting (to pay): keep connections open instead of opening one for each call" },
  ]);
});

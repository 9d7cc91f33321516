import { expect, test } from "bun:test";
import type { LedgerFacts } from "../ledger/ledger.ts";
import type { ChangeLine } from "./answer.ts";
import { requests } from "./contrast/requests.fixture.ts";
import { isFree } from "./free.ts";

/** what it was asked within `seconds`, each request taking `ms` more than usual, and calls to the store that take `storeMs` */
function facts(seconds: number, { ms = 0, storeMs = 2 }: { ms?: number; storeMs?: number } = {}): LedgerFacts {
  const on = () => true;
  const asked = requests(400, { on, ms }).map((one, at) => ({
    ...one,
    startUs: (at * seconds * 1e6) / 400,
    phases: { sent: 0, firstByte: one.durationUs, lastIn: one.durationUs },
  }));
  const calls = asked.slice(0, 50).map((one) => ({ ...one, destination: "store", durationUs: 1000 * storeMs }));
  return { service: "cart", requests: asked, calls, used: [] };
}

const since = "2030-01-31T12:00:00.000Z";
const material = (before: LedgerFacts, during: LedgerFacts, changes: readonly ChangeLine[] = []) =>
  ({ before, during, changes, since, usual: [], metric: "latency", stepSeconds: 10 }) as const;

test("who changed what went wrong is not held up, whose change shows nowhere may be", () => {
  const change: ChangeLine = {
    ...{ time: "2030-01-31T11:59:50.000Z", kind: "configuration", namespace: "shop", service: "cart" },
    ...{ workload: "", version: "", text: "TrafficPolicy cart: retries" },
  };
  const [usual, slow] = [facts(40), facts(40, { ms: 50 })];
  const tried = { ...slow, requests: slow.requests.map((one) => ({ ...one, attempts: 3 })) };

  expect(isFree(material(usual, tried), "store")).toBe(false);
  expect(isFree(material(usual, tried, [change]), "store")).toBe(true);
  expect(isFree(material(usual, slow, [change]), "store")).toBe(false);
});

test("who is asked twice as often, of a callee that is hardly slower, is not held up by it", () => {
  expect(isFree(material(facts(40), facts(20, { ms: 50, storeMs: 3 })), "store")).toBe(true);
});

test("who is asked as often, or whose callee became slower than that, may be held up", () => {
  expect(isFree(material(facts(40), facts(40, { ms: 50, storeMs: 3 })), "store")).toBe(false);
  expect(isFree(material(facts(40), facts(20, { ms: 50, storeMs: 30 })), "store")).toBe(false);
});

test("nothing is known of how often it was asked before: it may be held up", () => {
  const none = { ...facts(40), requests: [] };

  expect(isFree(material(none, facts(20, { ms: 50, storeMs: 3 })), "store")).toBe(false);
});

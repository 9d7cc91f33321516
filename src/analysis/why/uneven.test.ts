import { expect, test } from "bun:test";
import type { SeenExchange } from "../../model/figures.ts";
import { requests } from "./contrast/requests.fixture.ts";
import { mesh } from "./facts.fixture.ts";
import { pathsFrom, withUneven } from "./siblings.ts";
import { unevenOf } from "./uneven.ts";
import { why } from "./why.ts";

const COUNT = 3_000;
const before = requests(COUNT, undefined, { seed: 1 });
const workloads = [...new Set(before.map(({ destinationWorkload }) => destinationWorkload))].sort();
const [ill = ""] = workloads;

/** After the baseline, and the balancer leaves all but each twentieth of the ill one's requests to others. */
function during(on?: (request: SeenExchange, at: number) => boolean, ms = 600): SeenExchange[] {
  const rows = requests(COUNT, undefined, { seed: 2 }).map((one) => ({
    ...one,
    startUs: one.startUs + 10_000 * COUNT,
  }));
  return rows.flatMap((one, at) => {
    if (one.destinationWorkload !== ill || !on?.(one, at)) return [one];
    return at % 20 === 0 ? [{ ...one, durationUs: one.durationUs + 1_000 * ms }] : [];
  });
}

test("a replica that hardly anybody asks any more is known by its siblings", () => {
  const rows = during((_, at) => at > COUNT / 2);
  const found = unevenOf(before, rows);

  expect(found?.workload).toBe(ill);
  expect(found?.evidence.baseline).toBeLessThan(0.05);
  expect(found?.evidence.observed).toBeGreaterThan(0.6);
  expect(Math.abs((found?.sinceUs ?? 0) - 10_000 * (COUNT + COUNT / 2))).toBeLessThan(2e6);
});

/** The balancer sends it two requests more, of so many ms each, and then nothing. */
function asked(ms: number): SeenExchange[] {
  let sent = 0;
  return during().flatMap((one) => {
    if (one.destinationWorkload !== ill) return [one];
    return sent++ < 2 ? [{ ...one, durationUs: 1_000 * ms }] : [];
  });
}

test("who is asked no more, because his last answers took long, is known by two of them", () => {
  expect(unevenOf(before, asked(900))).toMatchObject({ workload: ill, evidence: { observed: 0 } });
  expect(unevenOf(before, asked(20))).toBeUndefined();
  expect(unevenOf(before, asked(900), (workload) => workload !== ill)).toBeUndefined();
});

test.each([
  ["nothing is wrong", before, during()],
  ["it was so before", during(() => true), during(() => true)],
  ["all are slow", before, during().map((one) => ({ ...one, durationUs: one.durationUs + 600_000 }))],
  [
    "one pause hit many of its requests and is over",
    before,
    during().map((one, at) =>
      one.destinationWorkload === ill && at > 1_000 && at < 1_700 ? { ...one, durationUs: 900_000 } : one,
    ),
  ],
  ["it is new, and has to warm up", before.filter((one) => one.destinationWorkload !== ill), during(() => true)],
  [
    "it is the only one",
    before.filter((one) => one.destinationWorkload === ill),
    during(() => true).filter((one) => one.destinationWorkload === ill),
  ],
])("%s: nobody stands out", (_, usual, now) => {
  expect(unevenOf(usual, now)).toBeUndefined();
});

test("the nearest way leads to whom a service asks", () => {
  const call = (source: string, destination: string) => ({ source, destination, requests: [1] });
  const calls = [call("web", "cart"), call("cart", "db"), call("web", "db"), call("db", "web"), call("cron", "cart")];

  expect(pathsFrom({ calls }, "web")).toEqual([["web"], ["web", "cart"], ["web", "db"]]);
});

test("the answer says that the service is as usual, and who is not", () => {
  const calm = why(mesh({}), { service: 0, metric: "latency", statistic: "mean", at: 0 });
  const one = unevenOf(
    before,
    during((_, at) => at > 0),
  );
  const { state, verdict, findings } = withUneven(calm, one as NonNullable<typeof one>, ["web", "cart"]);

  expect(state).toBe("partly");
  expect(verdict).toStartWith("web as a whole is no slower than usual, but one workload behind it is not well: ");
  expect(findings).toMatchObject([{ rank: 1, subject: { service: "cart", workload: ill }, path: ["web", "cart"] }]);

  const slow = why(mesh({ db: { own: 0.5 } }), { service: 0, metric: "latency", statistic: "mean", at: 1_900_007_500 });
  const told = withUneven(slow, one as NonNullable<typeof one>, ["web", "cart"]);
  expect(told.verdict).toMatch(/^web mean latency went from [^;]*; one workload behind it is not well: /);
  expect(told.findings.map(({ rank, subject }) => [rank, subject.service]).slice(0, 2)).toEqual([
    [1, "cart"],
    [2, "db"],
  ]);
});

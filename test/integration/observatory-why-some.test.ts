// Why some of a service's requests are slow or fail: of one route, of one caller; asked of a real store that was told of exchanges.
import { expect, test } from "bun:test";
import { apiApp } from "../../src/api/app.ts";
import type { WhyAnswer } from "../../src/api/types.ts";
import { FLAG, type Span } from "../../src/model/span.ts";
import { VISIT_FLAG } from "../../src/model/visit.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, sample, span } from "../support/telemetry.ts";

const STEP_MS = 10_000;
const REQUESTS = 24;
/** one of so many is for /pay, the others for /cart */
const RARE = 6;

/** web is asked for /cart, and asks cart; and now and then for /pay, and asks pay. What pay does then, and how often it is asked. */
type Fault = { readonly payMs?: number; readonly isFailing?: boolean; readonly rare?: number };

/** known by a cookie, with a browser, looking at a page */
const PERSON = 2 | (1 << 2) | (1 << 8) | (3 << 10) | VISIT_FLAG.cookies;

let sequence = 0;

async function pass({ observatory, clock }: Opened, minutes: number, fault: Fault = {}): Promise<void> {
  const { payMs = 10, isFailing = false, rare = RARE } = fault;
  for (let step = 0; step < minutes * 6; step++) {
    clock.advance(STEP_MS);
    const spans: Span[] = [];
    for (let i = 0; i < REQUESTS; i++) {
      const isPay = i % rare === 0;
      const endUs = clock.nowUs() - 9_500_000 + i * 350_000;
      const calleeUs = (isPay ? 1000 * payMs : 10_000) + (i % 5) * 400;
      const webUs = calleeUs + 6_000 + (i % 4) * 900;
      const status = isPay && isFailing ? 500 : 200;
      const call = (source: number, service: number, tookUs: number, rest: Partial<Span>) =>
        span({
          ...{ startUs: endUs - tookUs, firstByte: tookUs, lastIn: tookUs, end: tookUs, status, source, service },
          ...{ workload: 10 + service, trace0: step + 1, trace3: i + 1, client0: 100 * step + i + 1, client1: service },
          ...rest,
        });
      spans.push(
        call(0, 1, webUs, {
          ...{ flags: FLAG.published, path: isPay ? "/pay" : "/cart", server0: step + 1, server1: i + 1 },
          ...{ visit: PERSON, visitor0: 1000 * minutes + step, visitor1: i + 1 },
        }),
        call(11, isPay ? 3 : 2, calleeUs, {
          path: "/",
          startUs: endUs - calleeUs - 2_000,
          parent0: step + 1,
          parent1: i + 1,
        }),
      );
    }
    observatory.intake.sample(sample({ atUs: clock.nowUs() }));
    observatory.intake.spans(batchOf(spans, ++sequence));
  }
}

async function asked({ observatory, clock }: Opened, query: Readonly<Record<string, string>>) {
  const text = new URLSearchParams({ since: "3m", ...query });
  const response = await apiApp({ clock, observatory }).request(`/api/v1/why?${text}`);
  return { status: response.status, body: await response.json() };
}

async function ask(opened: Opened, query: Readonly<Record<string, string>>): Promise<WhyAnswer> {
  const { status, body } = await asked(opened, query);
  expect(status).toBe(200);
  return body as WhyAnswer;
}

test("a slow route leads to whom it waits for, the others are well, and so are other calls of the same caller", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { payMs: 120 });

    const slow = await ask(opened, { service: "web", route: "GET /pay" });
    expect(slow.question).toBe("why is GET /pay of web slow");
    expect(slow).toMatchObject({
      state: "explained",
      findings: [{ subject: { service: "pay" }, path: ["web", "pay"] }, {}],
    });
    expect(slow.verdict).toMatch(
      /^GET \/pay of web mean latency went from .* ms to .* ms; that is made in web, which waits for pay/,
    );
    // a sixth of 24 requests in each of twelve steps
    expect(slow.impact?.among.requests).toBeWithin(240, 300);
    expect(slow.impact?.requests).toBeWithin(36, 50);
    expect(await ask(opened, { route: "GET /cart" })).toMatchObject({ state: "nothing-wrong", findings: [] });

    const call = await ask(opened, { service: "pay", source: "web" });
    expect(call.question).toBe("why is pay for web slow");
    expect(call.findings[0]).toMatchObject({ subject: { service: "pay" }, path: ["pay"] });
    expect(await ask(opened, { service: "cart", source: "web" })).toMatchObject({ state: "nothing-wrong" });
  });
}, 60_000);

test("what is slow as always is told where its time goes, whoever is asked about by name", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12, { payMs: 150 });

    const slow = await ask(opened, { service: "web", route: "GET /pay" });

    expect(slow).toMatchObject({ state: "as-usual", findings: [], ledger: { service: "web" } });
    expect(slow.verdict).toMatch(/; a request takes 15\d ms in the mean: 9\d % with pay, /);
    expect(slow.next[0]).toMatchObject({ command: "meshwise why web pay" });
    expect(slow.impact).toBeUndefined();
    expect(await ask(opened, { service: "cart" })).toMatchObject({ state: "nothing-wrong" });
    expect(await ask(opened, {})).toMatchObject({ state: "nothing-wrong" });
  });
}, 60_000);

test("a route that fails leads to whose failures it passes on", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { isFailing: true });

    const { findings, verdict } = await ask(opened, { route: "GET /pay" });

    expect(findings[0]).toMatchObject({ subject: { service: "pay" }, path: ["web", "pay"], explained: 1 });
    expect(findings[0]?.sentence).toStartWith(
      "100 % of the requests that fail at web had a call to pay that failed, 0 %",
    );
    expect(verdict).toEndWith("that is made in web, whose calls to pay fail");
  });
}, 60_000);

test("how often a route is asked for is a question of its own", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 12);
    await pass(opened, 2, { rare: 2 });

    const more = await ask(opened, { route: "GET /pay", metric: "throughput" });

    expect(more.verdict).toStartWith("GET /pay of web is asked more than usual");
    expect(more.findings[0]).toMatchObject({ class: "load" });
  });
}, 60_000);

test("who is not asked so, or is not the only one, is told", async () => {
  await inObservatory(async (opened) => {
    await pass(opened, 1);
    const refused = async (query: Readonly<Record<string, string>>) => {
      const { status, body } = await asked(opened, query);
      return [status, (body as { detail: string }).detail];
    };
    expect(await refused({ service: "web", route: "GET /nowhere" })).toEqual([
      400,
      expect.stringContaining("nobody asked web for GET /nowhere in this time"),
    ]);
    expect(await refused({ service: "cart", source: "pay" })).toEqual([
      400,
      expect.stringContaining("pay did not ask cart in this time"),
    ]);
    expect(await refused({ route: "GET /" })).toEqual([
      400,
      expect.stringMatching(/(cart, pay|pay, cart) answer GET \/: say which of them is meant/),
    ]);
  });
}, 60_000);

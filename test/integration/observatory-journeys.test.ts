// Journeys, funnels and why visitors leave, asked of a real store that was told of shoppers.
import { expect, test } from "bun:test";
import { apiApp } from "../../src/api/app.ts";
import { funnelAnswer, journeysAnswer, lossAnswer } from "../../src/api/schema/journeys.ts";
import type { FunnelAnswer, JourneysAnswer, LossAnswer } from "../../src/api/types.ts";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { FLAG, type Span } from "../../src/model/span.ts";
import { BROWSERS, CONTENTS, MODES, STRENGTHS, VISIT_FIELD, VISIT_FLAG } from "../../src/model/visit.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, sample, span } from "../support/telemetry.ts";

const [GET, POST] = [1, 3];
const STEPS = "GET /product/{id} > POST /cart > POST /checkout";
const MINUTES = 30;
const A_MINUTE = 40;

let ids = 1;

type Page = { readonly method: number; readonly path: string; readonly atS: number; readonly status?: number };

/** @param failing share of the purchases that pay refuses */
function shoppers(random: Random, number: number, failing: number, startUs: number): Span[] {
  const visit = (browser: string) =>
    (STRENGTHS.indexOf("cookie") << VISIT_FIELD.strength[0]) |
    (MODES.indexOf("navigate") << VISIT_FIELD.mode[0]) |
    (CONTENTS.indexOf("page") << VISIT_FIELD.content[0]) |
    (BROWSERS.indexOf(browser as (typeof BROWSERS)[number]) << VISIT_FIELD.browser[0]) |
    VISIT_FLAG.cookies;
  return Array.from({ length: number }, () => {
    const who = ids++;
    const isMobile = random.unit() < 0.4;
    const bits = visit(isMobile ? "safari" : "firefox") | (isMobile ? VISIT_FLAG.mobile : 0);
    const pages: Page[] = [{ method: GET, path: `/product/${1 + (random.u32() % 60)}`, atS: 0 }];
    const buys = random.unit() < 0.5;
    const isRefused = random.unit() < failing;
    if (buys) pages.push({ method: POST, path: "/cart", atS: 3 + 5 * random.unit(), status: 303 });
    if (buys && random.unit() < 0.8) {
      pages.push({ method: POST, path: "/checkout", atS: 15 + 9 * random.unit(), status: isRefused ? 402 : 303 });
    }
    return pages.flatMap(({ method, path, atS, status = 200 }) => {
      const own = { client0: ids++, client1: 1, server0: ids++, server1: 2 };
      const end = 30_000 + Math.floor(20_000 * random.unit());
      const one = span({
        ...{
          startUs: startUs + atS * 1e6,
          end,
          firstByte: end - 1_000,
          source: 0,
          service: 1,
          workload: 11,
          authority: "",
        },
        ...{ flags: FLAG.published, method, path, status, visitor0: who, visitor1: 1, visit: bits, ...own },
      });
      if (path !== "/checkout") return [one];
      const charge = span({
        ...{
          startUs: one.startUs + 2_000,
          end: end - 5_000,
          source: 11,
          service: 3,
          workload: 13,
          path: "/charge",
          method,
        },
        ...{ status: status === 402 ? 402 : 200, flags: FLAG.continued, parent0: own.client0, parent1: own.client1 },
        ...{ client0: ids++, client1: 3, server0: ids++, server1: 4 },
      });
      return [charge, one];
    });
  }).flat();
}

let sequence = 0;

function shop({ observatory, clock }: Opened, failing: number): void {
  const random = seededRandom(3);
  for (let minute = 0; minute < MINUTES; minute++) {
    clock.advance(60_000);
    const nowUs = clock.nowUs();
    observatory.intake.sample(sample({ atUs: nowUs }));
    const spans = shoppers(random, A_MINUTE, failing, nowUs - 40e6);
    observatory.intake.spans(batchOf(spans, ++sequence) as Uint8Array<ArrayBuffer>);
  }
  clock.advance(20_000);
}

async function ask<Answer>({ observatory, clock }: Opened, path: string): Promise<Answer> {
  const response = await apiApp({ clock, observatory }).request(`/api/v1${path}`);
  expect([path, response.status]).toEqual([path, 200]);
  return (await response.json()) as Answer;
}

const query = (of: Record<string, string>) => new URLSearchParams(of).toString();

test("the way to the purchase is found without configuration, and how many go it", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0);

    const journeys = await ask<JourneysAnswer>(opened, "/journeys?since=1h");
    const funnel = await ask<FunnelAnswer>(opened, `/funnel?since=1h&by=browser`);

    journeysAnswer.parse(journeys);
    funnelAnswer.parse(funnel);
    expect(journeys.funnels[0]?.steps).toEqual(STEPS.split(" > "));
    expect(funnel.definition.steps).toEqual(STEPS.split(" > "));
    expect(funnel.funnel[0]?.entered).toBe(MINUTES * A_MINUTE);
    expect(funnel.overall.rate).toBeGreaterThan(0.35);
    expect(funnel.overall.rate).toBeLessThan(0.45);
    expect(funnel.segments?.values.map(({ value }) => value).sort()).toEqual(["firefox", "safari"]);
    expect(funnel.seen).toMatchObject({ visitors: { people: MINUTES * A_MINUTE, weak: 0, robots: 0 }, notes: [] });
  });
});

test("a purchase that fails is lost to the service that refused it, and the answer leads on to it", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0.3);

    const loss = await ask<LossAnswer>(opened, `/funnel/why?${query({ steps: STEPS, since: "1h", step: "2" })}`);

    lossAnswer.parse(loss);
    expect(loss.findings[0]).toMatchObject({
      event: "POST /checkout",
      what: "status 402",
      where: "upstream = 402 at pay",
    });
    expect(loss.verdict).toContain("402");
    expect(loss.why?.service).toBe("pay");
    expect(loss.why?.command).toStartWith("meshwise tap --destination pay --status 402 --since ");
  });
});

test("without a technical cause it is said that there is none", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0);

    const loss = await ask<LossAnswer>(opened, `/funnel/why?${query({ steps: STEPS, since: "1h", step: "1" })}`);

    expect(loss).toMatchObject({ state: "not-technical", findings: [], why: null });
  });
});

test("a declared journey is asked for by its name, and names nobody knows are refused", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0);
    const { observatory, clock } = opened;
    const steps = ["GET /product/{id}", "POST /cart"];
    const purchase = { name: "basket", steps, order: "ordered", unit: "session", exclude: [], reentry: false } as const;
    observatory.tellJourneys([purchase]);

    const named = await ask<FunnelAnswer>(opened, "/funnel?name=basket&since=1h");
    const unnamed = await ask<FunnelAnswer>(opened, "/funnel?since=1h");
    const refused = await apiApp({ clock, observatory }).request("/api/v1/funnel?name=other");

    expect(named).toMatchObject({ name: "basket", definition: { steps, unit: "session" } });
    expect(unnamed.name).toBe("basket");
    expect(refused.status).toBe(400);
    expect(await refused.text()).toContain("there is basket");
  });
});

test("what nobody asked for is told, with what was", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0);

    const funnel = await ask<FunnelAnswer>(
      opened,
      `/funnel?${query({ steps: "GET /product/{id} > POST /card", since: "1h" })}`,
    );

    expect(funnel.overall.converted).toBe(0);
    expect(funnel.seen.notes[0]).toContain("nobody asked for POST /card");
  });
});

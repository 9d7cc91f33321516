// Journeys, funnels and why visitors leave, asked of a real store that was told of shoppers.
import { expect, test } from "bun:test";
import { apiApp } from "../../src/api/app.ts";
import { funnelAnswer, journeysAnswer, lossAnswer } from "../../src/api/schema/journeys.ts";
import type { FunnelAnswer, JourneysAnswer, LossAnswer } from "../../src/api/types.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { A_MINUTE, MINUTES, STEPS, shop } from "../support/shop-spans.ts";

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
      where: "402 at pay",
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

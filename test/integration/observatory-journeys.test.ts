// Journeys, funnels and why visitors leave, asked of a real store that was told of shoppers.
import { expect, test } from "bun:test";
import { apiApp } from "../../src/api/app.ts";
import { journeysHere, journeysThread } from "../../src/api/journeys-thread.ts";
import { funnelAnswer, journeysAnswer, lossAnswer } from "../../src/api/schema/journeys.ts";
import type { FunnelAnswer, JourneysAnswer, LossAnswer } from "../../src/api/types.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { A_MINUTE, MINUTES, STEPS, shop } from "../support/shop-spans.ts";

/** As a running observatory has it: a thread of its own. */
function appOf({ observatory, clock }: Opened) {
  const known = apps.get(observatory) ?? apiApp({ clock, observatory, journeys: journeysThread(THREAD) });
  apps.set(observatory, known);
  return known;
}
const THREAD = new URL("../../src/main/journeys.ts", import.meta.url).pathname;
const apps = new WeakMap<Opened["observatory"], ReturnType<typeof apiApp>>();

async function ask<Answer>(opened: Opened, path: string): Promise<Answer> {
  const response = await appOf(opened).request(`/api/v1${path}`);
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
    const { observatory } = opened;
    const steps = ["GET /product/{id}", "POST /cart"];
    const purchase = { name: "basket", steps, order: "ordered", unit: "session", exclude: [], reentry: false } as const;
    observatory.tellJourneys([purchase]);

    const named = await ask<FunnelAnswer>(opened, "/funnel?name=basket&since=1h");
    const unnamed = await ask<FunnelAnswer>(opened, "/funnel?since=1h");
    const refused = await appOf(opened).request("/api/v1/funnel?name=other");

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

test("who asks goes on with other things until there is an answer, and the answer is the same", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0);
    const { observatory, clock } = opened;
    const nowUs = clock.nowUs();
    const table = observatory.visits(nowUs - 3_600e6, nowUs);
    const journeys = journeysThread(THREAD);
    const order: string[] = [];

    const asked = journeys(table, { about: "ways" }).finally(() => order.push("answer"));
    await new Promise((resolve) => setImmediate(resolve));
    order.push("other things");
    const answer = await asked;

    expect(order).toEqual(["other things", "answer"]);
    expect(answer).toEqual(await journeysHere(clock)(table, { about: "ways" }));
  });
});

test("an answer that fails is told, and the next one is given", async () => {
  await inObservatory(async (opened) => {
    shop(opened, 0);
    const { observatory, clock } = opened;
    const table = observatory.visits(0, clock.nowUs());

    const journeys = journeysThread(THREAD);
    const failing = journeys({ ...table, chunks: undefined as never }, { about: "ways" });
    const answer = journeys(table, { about: "ways" });

    expect(failing).rejects.toThrow("chunks");
    expect(await answer).toMatchObject({ counts: { visitors: MINUTES * A_MINUTE } });
  });
});

// An objective from its first figures to the end of its incident, over a restart: a real store, a real receiver that fails
// first, and the answers of the API; only the clock is pushed on.
import { afterEach, expect, test } from "bun:test";
import { apiApp } from "../../src/api/app.ts";
import { conversionEntries } from "../../src/api/conversions.ts";
import { journeysHere } from "../../src/api/journeys-thread.ts";
import { incidentDocument, objectivesAnswer } from "../../src/api/schema/objectives.ts";
import type { Incident, IncidentsAnswer, LossAnswer, ObjectivesAnswer, WhyAnswer } from "../../src/api/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { type Watch, watchObjectives } from "../../src/main/observatory/watch.ts";
import type { ConversionObjective, Objective } from "../../src/model/objective.ts";
import { FLAG, type Span } from "../../src/model/span.ts";
import { notifier } from "../../src/observatory/notify/notifier.ts";
import { eventually } from "../support/eventually.ts";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { STEPS, shopMinute } from "../support/shop-spans.ts";
import { batchOf, sample, span } from "../support/telemetry.ts";

const CALLS = 20;
const OBJECTIVE: Objective = {
  ...{ name: "web-works", service: "web", namespace: "shop", windowS: 86_400 },
  goal: { kind: "availability", share: 0.99 },
};

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

type Site = Opened & { readonly watch: Watch; readonly said: string[] };

function watched(
  opened: Opened,
  webhook: string,
  objectives: readonly Objective[] = [OBJECTIVE],
  conversions: readonly ConversionObjective[] = [],
): Site {
  const { clock, observatory } = opened;
  const parts = { clock, observatory, journeys: journeysHere(clock) };
  const questions = apiApp(parts);
  const asked = async <Document>(path: string, parameters: Readonly<Record<string, string>>) => {
    const response = await questions.request(`/api/v1${path}?${new URLSearchParams(parameters)}`);
    return (await response.json()) as Document;
  };
  const said: string[] = [];
  const log = (text: string) => said.push(text);
  const watch = watchObjectives({
    ...{ clock, random: seededRandom(1), log, queries: observatory.queries, store: observatory.incidents },
    notifier: notifier({ clock: systemClock, random: seededRandom(1), log }),
    why: (parameters) => asked<WhyAnswer>("/why", parameters),
    conversions: {
      entries: (journey, windowS) => conversionEntries(parts, journey, windowS),
      loss: (parameters) => asked<LossAnswer>("/funnel/why", parameters),
    },
  });
  watch.set({ objectives, conversions, notifications: [{ name: "on-call", webhook }] });
  return { ...opened, watch, said };
}

/** web is asked from outside and asks cart, which fails `failing` of twenty. */
async function pass({ observatory, clock, watch }: Site, minutes: number, failing = 0): Promise<void> {
  for (let step = 0; step < minutes * 6; step++) {
    clock.advance(10_000);
    const nowUs = clock.nowUs();
    const spans: Span[] = [];
    for (let i = 0; i < CALLS; i++) {
      const endUs = nowUs - 9_000_000 + i * 400_000;
      const status = i < failing ? 500 : 200;
      const call = (source: number, service: number, end: number, rest: Partial<Span> = {}) =>
        span({
          startUs: endUs - end,
          end,
          source,
          service,
          workload: 10 + service,
          status,
          ...ids(i, service),
          ...rest,
        });
      spans.push(call(0, 1, 30_000, { flags: FLAG.published }), call(11, 2, 20_000));
    }
    observatory.intake.sample(sample({ atUs: nowUs }));
    observatory.intake.spans(batchOf(spans, ++sequence));
    await watch.settled();
  }
}

let sequence = 0;

function ids(i: number, service: number): Partial<Span> {
  return { trace0: sequence + 1, trace3: i + 1, client0: 100 * sequence + i + 1, client1: service };
}

function receiver() {
  const got: { readonly event: string; readonly incident: Incident }[] = [];
  let asked = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = (await request.json()) as (typeof got)[number];
      if (++asked === 1) return new Response(null, { status: 503 });
      got.push(body);
      return new Response();
    },
  });
  ends.push(() => server.stop(true));
  return { got, url: `http://127.0.0.1:${server.port}/` };
}

async function ask<Document>({ clock, observatory, watch }: Site, path: string): Promise<Document> {
  const response = await apiApp({ clock, observatory, watch }).request(`/api/v1${path}`);
  expect(response.status).toBe(200);
  return (await response.json()) as Document;
}

test("it burns, is told of with its cause, survives a restart, and is over", async () => {
  const { got, url } = receiver();
  await inObservatory(async (opened) => {
    const first = watched(opened, url);
    await pass(first, 20);
    const [calm] = (await ask<ObjectivesAnswer>(first, "/objectives")).rows;
    expect(calm).toMatchObject({ state: "good", good: 1, budgetLeft: 1, goal: "99 % without failure" });

    await pass(first, 2, 10);
    const [row] = (await ask<ObjectivesAnswer>(first, "/objectives")).rows;
    expect(row?.state).toBe("burning");
    expect(row?.budgetLeft).toBeLessThan(1);
    const [open] = (await ask<IncidentsAnswer>(first, "/incidents?state=open")).rows;
    expect(open).toMatchObject({ id: row?.incident, objective: "web-works", service: "web" });
    expect(open?.cause).toContain("cart");
    await eventually(() => got.length > 0);
    expect(got[0]).toMatchObject({ event: "opened", incident: { id: open?.id } });

    opened.observatory.tellChange({
      ...{ atUs: opened.clock.nowUs(), kind: "deployment", namespace: "shop", service: "cart", workload: "" },
      ...{ version: "v2", text: "version v2" },
    });
    await first.watch.close();
    const second = watched(await opened.again(), url);
    await pass(second, 1, 10);
    await pass(second, 3);

    const incident = await ask<Incident>(second, `/incidents/${open?.id.slice(0, 6)}`);
    expect(incident.state).toBe("closed");
    expect(incident.why?.findings[0]?.subject.service).toBe("cart");
    expect(incident.timeline.map(({ what }) => what)).toEqual(["opened", "cause", "change", "closed"]);
    // the last ten seconds are not over
    expect((await ask<ObjectivesAnswer>(second, "/objectives")).rows[0]?.requests).toBe((26 * 6 - 1) * CALLS);
    await eventually(() => got.at(-1)?.event === "closed");
    expect(got.map(({ event }) => event)).toEqual(["opened", "closed"]);
    await second.watch.close();
  });
}, 60_000);

test("a latency objective of a route burns when too many take too long, and only then", async () => {
  const { url } = receiver();
  const slow: Objective = { ...OBJECTIVE, name: "fast", goal: { kind: "latency", share: 0.9, withinUs: 25_000 } };
  const fine: Objective = { ...slow, name: "patient", goal: { kind: "latency", share: 0.9, withinUs: 40_000 } };
  const elsewhere: Objective = { ...slow, name: "elsewhere", route: "GET /nowhere" };
  await inObservatory(async (opened) => {
    const site = watched(
      opened,
      url,
      [slow, fine, elsewhere].map((one) => ({ ...one, windowS: 3600 })),
    );
    await pass(site, 10);

    const { rows } = await ask<ObjectivesAnswer>(site, "/objectives?service=shop/web");
    expect(rows.map(({ objective, state }) => [objective, state])).toEqual([
      ["fast", "burning"],
      ["patient", "good"],
      ["elsewhere", "unknown"],
    ]);
    await site.watch.close();
  });
}, 60_000);

test("an incident whose objective is removed is closed and says so", async () => {
  const { url } = receiver();
  await inObservatory(async (opened) => {
    const site = watched(opened, url);
    await pass(site, 5);
    await pass(site, 2, 20);
    site.watch.set({ objectives: [], conversions: [], notifications: [] });
    await pass(site, 1, 20);

    const [incident] = site.watch.incidents();
    expect(incident).toMatchObject({ state: "closed" });
    expect(incident?.timeline.at(-1)?.text).toContain("its objective was removed");
    await site.watch.close();
  });
}, 60_000);

test("fewer come through a journey: an incident with why they are lost, over when as many do again", async () => {
  const { got, url } = receiver();
  const random = seededRandom(3);
  const [journey, windowS] = ["purchase", 86_400];
  const buying = { name: "people-buy", journey, namespace: "shop", windowS };
  const promised = { ...buying, name: "all-buy", least: 0.9 };
  await inObservatory(async (opened) => {
    const steps = STEPS.split(" > ");
    opened.observatory.tellJourneys([
      { name: journey, steps, order: "ordered", unit: "session", exclude: [], reentry: false },
    ]);
    const site = watched(opened, url, [], [buying]);
    const shopping = async (minutes: number, failing: number) => {
      for (let minute = 0; minute < minutes; minute++) {
        shopMinute(site, random, failing);
        await site.watch.settled();
      }
    };
    const rows = async () => {
      const answer = await ask<ObjectivesAnswer>(site, "/objectives");
      objectivesAnswer.parse(answer);
      return answer.rows.map(({ objective, state, good = 0 }) => [objective, state, Number(good.toFixed(1))]);
    };

    await shopping(20, 0);
    expect(await rows()).toEqual([["people-buy", "good", 0.4]]);

    await shopping(8, 0.8);
    expect(await rows()).toEqual([["people-buy", "burning", 0.3]]);
    const [open] = (await ask<IncidentsAnswer>(site, "/incidents?state=open")).rows;
    expect(open?.sentence).toMatch(
      /^\d+ % of those who begin purchase come through \(\d+ of \d+ within 5 min\); 4\d % did before$/,
    );
    expect(open?.cause).toContain("status 402 at POST /checkout");
    await eventually(() => got.length > 0);
    expect(got[0]).toMatchObject({ event: "opened", incident: { id: open?.id, journey, service: "" } });

    await shopping(12, 0);
    const incident = await ask<Incident>(site, `/incidents/${open?.id}`);
    incidentDocument.parse(incident);
    expect(incident.timeline.map(({ what }) => what)).toEqual(["opened", "cause", "closed"]);
    expect(incident.loss?.why?.service).toBe("pay");
    expect((await rows())[0]?.[1]).toBe("good");

    site.watch.set({ objectives: [], conversions: [promised], notifications: [] });
    await shopping(2, 0);
    const again = (await ask<IncidentsAnswer>(site, "/incidents?state=open")).rows;
    expect(again.map(({ objective, goal }) => [objective, goal])).toEqual([["all-buy", "90 % come through"]]);
    site.watch.set({ objectives: [], conversions: [], notifications: [] });
    await shopping(1, 0);
    expect((await ask<IncidentsAnswer>(site, "/incidents?state=open")).rows).toEqual([]);
    await site.watch.close();
  });
}, 60_000);

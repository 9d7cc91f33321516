// Every question of a real observatory, its answer checked against the document that describes it.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv2020 from "ajv/dist/2020.js";
import { openIn } from "../../test/support/open-observatory.ts";
import { syntheticBatch, syntheticMesh } from "../../test/support/synthetic-mesh.ts";
import { closedIncident, explained, openedIncident } from "../analysis/objectives/incident.ts";
import { objectiveRow } from "../analysis/objectives/row.ts";
import { nothingSeen } from "../analysis/why/words.ts";
import { systemClock } from "../base/clock.ts";
import type { Objective } from "../model/objective.ts";
import type { Observatory } from "../observatory/observatory.ts";
import { type Api, serveApi } from "./server.ts";

type Operation = {
  readonly parameters?: readonly { readonly name: string; readonly schema: object }[];
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: object }>> }>
  >;
};
type Document = {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, { readonly get: Operation }>>;
  readonly components: object;
};

let directory: string;
let observatory: Observatory;
let traceId: string;
let api: Api;
let document: Document;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "meshwise-openapi-"));
  observatory = await openIn(directory, systemClock, []);
  api = serveApi({ clock: systemClock, observatory, watch: burning }, 0);
  const mesh = syntheticMesh({ services: 60, namespaces: 4, seed: 5 });
  const nowUs = systemClock.nowUs();
  // for so long that ten seconds of it lie on the grid on which `why` looks, wherever the clock stands
  observatory.intake.sample(mesh.sample(nowUs - 50e6));
  observatory.intake.spans(syntheticBatch(mesh.spans(nowUs - 50e6, nowUs - 30e6), 0));
  observatory.intake.sample(mesh.sample(nowUs));
  traceId = (await observatory.queries.tap({}, 1)).rows[0]?.traceId ?? "";
  document = (await (await fetch(`${api.url}/api/v1/openapi.json`)).json()) as Document;
});

afterAll(async () => {
  await api.close();
  await observatory.close();
  rmSync(directory, { recursive: true, force: true });
});

const OBJECTIVE: Objective = {
  ...{ name: "cart", service: "cart", namespace: "shop", route: "GET /", windowS: 86_400 },
  goal: { kind: "latency", share: 0.99, withinUs: 1000 },
};
const rate = { burn: 14.4, longS: 120, shortS: 10, long: 20, short: 20 };
const judgement = { requests: 10, bad: 5, budgetLeft: -1, burnRates: [rate] };
const opened = openedIncident("0badcafe", OBJECTIVE, judgement, rate, 1e15);
const burning = {
  rows: () => [objectiveRow(OBJECTIVE, judgement, opened.id)],
  incidents: () => [closedIncident(explained(opened, nothingSeen({ fromUs: 0, toUs: 1e6 }), 1e15), "it is over", 2e15)],
};

/** a value for each parameter that cannot be left out, or that makes an answer worth checking */
const ASKED: Readonly<Record<string, readonly string[]>> = {
  "/api/v1/health": ["", "since=5m"],
  "/api/v1/map": ["", "expand=*", "expand=shop", "focus=cart&up=2&down=3", "focus=nobody"],
  "/api/v1/stat": ["since=5m", "service=cart"],
  "/api/v1/edges": ["", "service=cart", "service=shop/cart&up=0&down=2"],
  "/api/v1/routes": ["service=cart&since=5m", "service=cart&source=web", "service=nobody"],
  "/api/v1/series": ["service=cart", "source=web&destination=cart&since=10m", "service=nobody", "service=db&step=10s"],
  "/api/v1/resources": ["service=cart&since=5m", "service=nobody"],
  "/api/v1/ledger": ["service=cart&since=5m", "service=cart&route=GET%20%2F", "service=nobody"],
  "/api/v1/why": ["", "service=cart&since=5m", "metric=errors", "service=cart&metric=latency&since=1h"],
  "/api/v1/objectives": ["", "service=cart"],
  "/api/v1/incidents": ["", "state=open&service=shop/cart"],
  "/api/v1/incidents/{id}": [""],
  "/api/v1/tap": ["limit=50", "route=GET%20%2Fcart%2F%7Bid%7D", "error=any", "follow=1&limit=1"],
  "/api/v1/traces": ["", "since=5m&slow=1&limit=3", "failed=1&route=/", "of=nobody"],
  "/api/v1/traces/{id}": [""],
  "/api/v1/changes": ["since=1h", "service=cart"],
  "/api/v1/journeys": ["", "since=1h"],
  "/api/v1/funnel": ["steps=GET%20%2F%20%3E%20POST%20%2Fcart", "steps=A%20%3E%20B&order=any&within=30m&exclude=C"],
  "/api/v1/funnel/why": ["steps=GET%20%2F%20%3E%20POST%20%2Fcart&step=1"],
  "/api/v1/privacy": [""],
  "/api/v1/sql": ["query=SELECT+1+AS+one,+NULL+AS+none", "query=FROM+exchanges&limit=3"],
  "/api/v1/workloads": [""],
  "/api/v1/processes": [""],
  "/api/v1/logs": ["since=5m&service=cart", "contains=x&limit=5"],
  "/api/v1/app-metrics": ["", "service=cart&name=orders"],
  "/api/v1/otlp": [""],
  "/api/v1/live": [`ask=${encodeURIComponent("/map?since=1m")}&ask=%2Ftap&ask=%2Fnowhere`],
};

const named = (path: string) => path.replace("{id}", path.includes("incident") ? "0badcafe" : traceId);
const cases = Object.entries(ASKED).flatMap(([path, queries]) => queries.map((query) => [path, query] as const));

test("the document has every path that is asked here, and none that is not", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(Object.keys(document.paths).sort()).toEqual(Object.keys(ASKED).sort());
});

describe("an answer is as the document says", () => {
  test.each(cases)("%s?%s", async (path, query) => {
    const response = await fetch(`${api.url}${named(path)}?${query}`);
    const type = response.headers.get("content-type")?.split(";")[0] ?? "";
    expect(response.status).toBe(200);
    const schema = document.paths[path]?.get.responses["200"]?.content[type]?.schema;
    if (!schema) throw new Error(`${path} answers ${type}, which the document does not know`);

    const values = await valuesOf(response, type);

    expect(values.length).toBeGreaterThan(0);
    for (const value of values) expect(mistakes(schema, value)).toEqual([]);
  });

  test("a refusal is the problem that the document says", async () => {
    for (const path of Object.keys(ASKED)) {
      const response = await fetch(`${api.url}${named(path)}?nonsense=1`);
      const schema = document.paths[path]?.get.responses["400"]?.content["application/problem+json"]?.schema;

      expect(response.status).toBe(400);
      expect(mistakes(schema as object, await response.json())).toEqual([]);
    }
  });

  test("a document that has a field too many or too few is found", async () => {
    const schema = document.paths["/api/v1/health"]?.get.responses["200"]?.content["application/json"]
      ?.schema as object;
    const answer = (await (await fetch(`${api.url}/api/v1/health`)).json()) as object;

    expect(mistakes(schema, { ...answer, surplus: 1 })).not.toEqual([]);
    expect(mistakes(schema, { ...answer, health: undefined })).not.toEqual([]);
  });
});

function mistakes(schema: object, value: unknown): string[] {
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "api", components: document.components });
  const rooted = JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"api#/components')) as object;
  ajv.validate(rooted, JSON.parse(JSON.stringify(value)));
  return (ajv.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** A document; of a stream, what comes first. */
async function valuesOf(response: Response, type: string): Promise<unknown[]> {
  if (type === "application/json") return [await response.json()];
  if (type === "application/x-ndjson") {
    const nowUs = systemClock.nowUs();
    observatory.intake.spans(
      syntheticBatch(syntheticMesh({ services: 60, namespaces: 4, seed: 5 }).spans(nowUs - 2e6, nowUs - 1e6), 9),
    );
    const text = await response.text();
    return text
      .split("\n")
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += new TextDecoder().decode(chunk);
    if (/^event: problem\ndata: .*\n\n/m.test(text)) break;
  }
  return [...text.matchAll(/^data: (.*)\n\n/gm)].map(([, data]) => JSON.parse(data as string));
}

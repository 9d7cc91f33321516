// Live streams of a real server with a real observatory behind it.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { openIn } from "../../../test/support/open-observatory.ts";
import { batchOf, sample, span } from "../../../test/support/telemetry.ts";
import { systemClock } from "../../base/clock.ts";
import type { Observatory } from "../../observatory/observatory.ts";
import { type Api, serveApi } from "../server.ts";
import type { AnswerEvent, ApiProblem, HealthAnswer, LiveTapAnswer, MapAnswer } from "../types.ts";

let directory: string;
let observatory: Observatory;
let api: Api;
let sequence = 0;
let meshQuestions = 0;
let followers = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "meshwise-live-"));
  observatory = await openIn(directory, systemClock, []);
  const { mesh, follow } = observatory.queries;
  const counted: Observatory = {
    ...observatory,
    queries: {
      ...observatory.queries,
      mesh(asked) {
        meshQuestions++;
        return mesh(asked);
      },
      follow(filter, take) {
        followers++;
        const stop = follow(filter, take);
        return () => {
          followers--;
          stop();
        };
      },
    },
  };
  api = serveApi({ clock: systemClock, observatory: counted }, 0);
});

afterAll(async () => {
  await api.close();
  await observatory.close();
  rmSync(directory, { recursive: true, force: true });
});

type Event = { readonly name: string; readonly data: { readonly ask: string; answer?: unknown; problem?: ApiProblem } };

function open(asks: readonly string[], more = "") {
  const gone = new AbortController();
  const events: Event[] = [];
  const query = asks.map((ask) => `ask=${encodeURIComponent(ask)}`).join("&");
  const answered = fetch(`${api.url}/api/v1/live?${query}${more}`, { signal: gone.signal });
  const reading = answered.then(async (response) => {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const chunk of response.body ?? []) {
      const blocks = (rest + decoder.decode(chunk, { stream: true })).split("\n\n");
      rest = blocks.pop() ?? "";
      for (const block of blocks) {
        const [, name, data] = /^event: (\w+)\ndata: (.*)$/.exec(block) ?? [];
        if (name && data) events.push({ name, data: JSON.parse(data) });
      }
    }
  });
  reading.catch(() => {});
  return { events, answered, close: () => gone.abort() };
}

function feed(paths: readonly string[]): void {
  const startUs = systemClock.nowUs() - 2_000;
  observatory.intake.spans(
    batchOf(
      paths.map((path) => span({ startUs, path })),
      sequence++,
    ),
  );
}

test("one stream answers several questions, again and again", async () => {
  const stream = open(["/health?since=1m", "/map?since=1m"]);

  await eventually(() => stream.events.filter(({ data }) => data.ask === "/map?since=1m").length >= 2);

  const health = stream.events.find(({ data }) => data.ask === "/health?since=1m")?.data as AnswerEvent<HealthAnswer>;
  const map = stream.events.findLast(({ data }) => data.ask === "/map?since=1m")?.data as AnswerEvent<MapAnswer>;
  expect(health.answer.project).toBe("shop");
  expect(map.answer.nodes.map(({ id }) => id)).toContain("shop/cart");
  stream.close();
});

test("a refused question is told as a problem, beside the answers to the others", async () => {
  const stream = open(["/map?sinc=1m", "/nothing", "/workloads", "/../../metrics"]);

  await eventually(() => stream.events.length >= 4);

  const problems = stream.events.filter(({ name }) => name === "problem").map(({ data }) => data);
  expect(problems.find(({ ask }) => ask === "/map?sinc=1m")?.problem?.status).toBe(400);
  expect(problems.find(({ ask }) => ask === "/nothing")?.problem?.status).toBe(404);
  expect(problems.find(({ ask }) => ask === "/../../metrics")?.problem?.status).toBe(404);
  expect(stream.events.find(({ name }) => name === "answer")?.data.ask).toBe("/workloads");
  stream.close();
});

test.each([
  ["", "ask"],
  ["?ask=map", "begin with /"],
  ["?ask=%2Flive%3Fask%3D%2Fmap", "live stream"],
  ["?ask=%2Ftap%3Ffollow%3D1", "follow"],
  ["?ask=%2Ftap%3Fsatus%3D5xx", "satus"],
  ["?ask=%2Fmap&every=100", "500"],
])("/live%s is refused with a reason", async (query, reason) => {
  const response = await fetch(`${api.url}/api/v1/live${query}`);

  expect(response.status).toBe(400);
  expect(((await response.json()) as ApiProblem).detail).toContain(reason);
});

test("more questions than a page can show are refused", async () => {
  const asks = Array.from({ length: 33 }, (_, index) => `ask=%2Fmap%3Fsince%3D${index}s`);

  const response = await fetch(`${api.url}/api/v1/live?${asks.join("&")}`);

  expect(((await response.json()) as ApiProblem).detail).toContain("at most 32");
});

test("the same question of several clients is answered once a beat", async () => {
  const before = meshQuestions;
  const streams = Array.from({ length: 8 }, () => open(["/map?since=2m"]));
  await eventually(() => streams.every(({ events }) => events.length >= 4));
  for (const stream of streams) stream.close();

  // eight clients, four beats each: 32 answers
  expect(meshQuestions - before).toBeLessThan(16);
});

test("a past that changes no more is answered once", async () => {
  const stream = open(["/health?from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z", "/workloads"]);

  await eventually(() => stream.events.filter(({ data }) => data.ask === "/workloads").length >= 3);

  expect(stream.events.filter(({ data }) => data.ask.startsWith("/health"))).toHaveLength(1);
  stream.close();
});

test("live exchanges: the newest first, then each new one once, and what is too much is counted", async () => {
  feed(["/live/before"]);
  const stream = open(["/tap?path=/live/"]);
  const told = () => stream.events.map(({ data }) => data.answer as LiveTapAnswer);
  await eventually(() => told().length === 1);

  feed(Array.from({ length: 250 }, (_, index) => `/live/${index}`));
  await eventually(() => told().length >= 2);
  feed(["/elsewhere"]);
  observatory.intake.sample(sample({ atUs: systemClock.nowUs() }));
  stream.close();

  expect(told()[0]?.rows.map(({ path }) => path)).toEqual(["/live/before"]);
  const later = told().slice(1);
  const paths = later.flatMap(({ rows }) => rows.map(({ path }) => path));
  expect(paths.length).toBeLessThan(200); // 100 at once, and 100 a second
  expect(new Set(paths).size).toBe(paths.length);
  expect(paths[0]).toBe("/live/0");
  expect(paths.length + later.reduce((sum, { skipped }) => sum + skipped, 0)).toBe(250);
  expect(later[0]?.coverage.spans).toBe(1);
});

test("a client that goes away is forgotten, and may come again", async () => {
  const stream = open(["/tap?service=cart"]);
  await eventually(() => stream.events.length === 1);
  const during = followers;

  stream.close();
  await eventually(() => followers === during - 1);

  const again = open(["/tap?service=cart"]);
  await eventually(() => again.events.length === 1);
  again.close();
});

test("so many streams and no more: the next one is told why", async () => {
  const streams = Array.from({ length: 64 }, () => open(["/workloads"], "&every=60000"));
  await Promise.all(streams.map(({ answered }) => answered));

  const response = await fetch(`${api.url}/api/v1/live?ask=%2Fworkloads`);

  expect(response.status).toBe(503);
  for (const stream of streams) stream.close();
  const isFree = async () => {
    const next = open(["/workloads"]);
    const { status } = await next.answered;
    next.close();
    return status === 200;
  };
  await eventually(isFree);
});

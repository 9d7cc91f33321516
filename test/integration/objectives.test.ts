// Objectives in a real mesh, as a user has them: a file beside the Compose file, a service that fails for a while, and a
// receiver that is told of it. It takes some minutes, until it is known what is usual.
import { expect, test } from "bun:test";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { Incident, IncidentsAnswer, WhyAnswer } from "../../src/api/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import { inFolder, meshwise } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

const PORT = 8000;
/** answers 500 as long as there is a file of its name in the project's folder */
const APP = `
import { existsSync } from "node:fs";
import { createServer } from "node:http";
const [name, next, folder] = process.argv.slice(2);
createServer(async (request, response) => {
  const isBroken = existsSync(folder + "/" + name + "-is-broken");
  const status = isBroken ? 500 : next ? (await fetch("http://" + next + ":${PORT}/items")).status : 200;
  response.writeHead(status).end(name);
}).listen(${PORT}, "0.0.0.0");
`;

const compose = (folder: string) => `services:
  front:
    command: ["node", "${folder}/app.mjs", "front", "store", "${folder}"]
    ports: ["127.0.0.1::${PORT}"]
  store:
    command: ["node", "${folder}/app.mjs", "store", "", "${folder}"]
`;

const objects = (url: string) => `apiVersion: meshwise.dev/v1alpha1
kind: Objective
metadata: {name: front-works}
spec:
  targetRefs: [{kind: Service, name: front}]
  availability: {percent: 99}
  window: 1h
---
apiVersion: meshwise.dev/v1alpha1
kind: Notification
metadata: {name: on-call}
spec: {webhook: {url: "${url}"}, file: incidents.jsonl}
`;

type Event = { readonly event: string; readonly incident: Incident };

test("a service fails, the objective burns, an incident says why, and is over when it is", async () => {
  const told: Event[] = [];
  const receiver = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      told.push((await request.json()) as Event);
      return new Response();
    },
  });
  await inFolder(async (folder) => {
    const project = join(folder, "p");
    mkdirSync(project);
    writeFileSync(join(project, "app.mjs"), APP);
    writeFileSync(join(project, "compose.yaml"), compose(project));
    writeFileSync(join(project, "meshwise.yaml"), objects(receiver.url.href));
    const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
    const run = (...args: string[]) => meshwise(args, { directory: project, environment });
    const load = new AbortController();
    try {
      expect(await run("up", "-d")).toMatchObject({ code: 0 });
      const { published, apiUrl } = JSON.parse((await run("ps", "-o", "json")).out) as HostState;
      void visit(`http://127.0.0.1:${published[0]?.hostPort}/`, load.signal);

      expect((await run("get", "objectives")).out).toContain("99 % without failure over 1h");
      const ask = async <Document>(path: string) => (await (await fetch(`${apiUrl}/api/v1${path}`)).json()) as Document;
      const isUsualKnown = async () => (await ask<WhyAnswer>("/why?service=front")).state === "nothing-wrong";
      await eventually(isUsualKnown, { withinMs: 240_000, everyMs: 2000 });
      expect(await run("objectives")).toMatchObject({ code: 0 });
      expect(await run("incidents")).toMatchObject({ code: 0, out: "" });

      writeFileSync(join(project, "store-is-broken"), "");
      await eventually(() => told.length > 0, { withinMs: 60_000 });
      expect(told[0]).toMatchObject({ event: "opened", incident: { objective: "front-works", service: "front" } });
      expect(await run("objectives")).toMatchObject({ code: 1 });
      const id = told[0]?.incident.id ?? "";
      const cause = async () => (await ask<Incident>(`/incidents/${id}`)).why?.findings[0]?.subject.service;
      await eventually(async () => (await cause()) === "store", { withinMs: 60_000, everyMs: 500 });
      const { rows } = await ask<IncidentsAnswer>("/incidents?state=open");
      expect(rows.map((row) => row.id)).toEqual([id]);

      rmSync(join(project, "store-is-broken"));
      await eventually(() => told.at(-1)?.event === "closed", { withinMs: 120_000 });
      const shown = await run("incidents", id);
      expect(shown.code).toBe(0);
      expect(shown.out).toContain("store");
      expect(shown.out).toMatch(/^closed, opened /m);
      const lines = readFileSync(join(project, "incidents.jsonl"), "utf8").trim().split("\n");
      expect(lines.map((line) => (JSON.parse(line) as Event).event)).toEqual(told.map(({ event }) => event));
    } finally {
      load.abort();
      await run("down");
    }
  });
  receiver.stop(true);
}, 600_000);

/** Ten times a second. */
async function visit(url: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await fetch(url)
      .then((response) => response.arrayBuffer())
      .catch(() => {});
    await systemClock.sleep(100, signal).catch(() => {});
  }
}

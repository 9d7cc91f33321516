// What is on the disk of a running project: nothing of what visitors and services would not want to be there. And one visitor is
// forgotten when that is asked.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import type { HostState } from "../../src/api/host-types.ts";
import type { JourneysAnswer, PrivacyAnswer } from "../../src/api/types.ts";
import { type CommandOptions, meshwise, type Ran } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { shop } from "../support/shoppers.ts";

/** each is put where it says, and may be found nowhere */
const PLANTED = {
  cookie: "5c1f0a7e93d84b62a1e0c95d7f3b2846",
  cookieInPath: "e7b90d3c5a1f482697d0b3c1e5f8a264",
  bearer: "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJwbGFudGVkLXN1YmplY3QifQ.c2lnbmF0dXJlLXBsYW50ZWQ",
  header: "planted-header-value-83741",
  query: "planted-query-value-55120",
  referrer: "planted-referrer-value-77310",
  location: "planted-location-value-90211",
  body: "planted-body-value-11873",
  parameter: "PLANTEDPARAMETER99213",
  mail: "ann.planted@example.com",
  mailInPath: "bob.planted@example.com",
  cardInPath: "4111111111111111",
  cardInLog: "5500005555555559",
  passwordInLog: "planted-password-20381",
  tokenInLog: "planted-token-44720",
  otlpToken: "planted-otlp-token-66102",
  otlpQuery: "planted-otlp-query-30417",
  otlpUser: "planted-otlp-user-75523",
  otlpMail: "cem.planted@example.com",
  agent: "PlantedAgent/7.31",
};

const MARKER = "no-secret-at-all";

const SERVER = `
const { createServer, request } = require("node:http");
createServer((asked, answer) => {
  if (asked.url === "/healthz") return answer.end("ok");
  console.log("login of ${PLANTED.mail} password=${PLANTED.passwordInLog} card ${PLANTED.cardInLog}");
  console.error("Authorization: Bearer ${PLANTED.tokenInLog}");
  const span = (attributes) => JSON.stringify({ resourceSpans: [{ resource: {}, scopeSpans: [{ spans: [{
    traceId: "4bf92f3577b34da6a3ce929d0e0e4736", spanId: "00f067aa0ba902b7", name: "work", kind: 1,
    startTimeUnixNano: String(Date.now()) + "000000", endTimeUnixNano: String(Date.now()) + "000000",
    attributes: Object.entries(attributes).map(([key, stringValue]) => ({ key, value: { stringValue } })),
  }] }] }] });
  fetch(process.env.OTEL_EXPORTER_OTLP_ENDPOINT + "/v1/traces", { method: "POST", headers: { "content-type": "application/json" }, body: span({
    "session.token": "${PLANTED.otlpToken}", "url.full": "http://x/a?key=${PLANTED.otlpQuery}", "enduser.id": "${PLANTED.otlpUser}",
    "note": "sent to ${PLANTED.otlpMail}" }) }).catch(() => {});
  answer.writeHead(303, { "content-type": "text/html", location: "/done?of=${PLANTED.location}" }).end("${PLANTED.body}");
}).listen(8080);`;

const folder = mkdtempSync(join(tmpdir(), "meshwise-cli-"));
const project = join(folder, "shop");
const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
const ask = (args: readonly string[], more: CommandOptions = {}): Promise<Ran> =>
  meshwise(args, { directory: project, environment, ...more });

async function told<Answer>(...args: readonly string[]): Promise<Answer> {
  const { code, out, err } = await ask([...args, "-o", "json"]);
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Answer;
}

const kept = async () => (await told<PrivacyAnswer>("privacy")).visitors.requests;
let url: string;

beforeAll(async () => {
  mkdirSync(project);
  const file = join(project, "server.js");
  writeFileSync(file, SERVER);
  const web = { command: ["node", file], ports: ["127.0.0.1::8080"], "x-meshwise": { otlp: true } };
  writeFileSync(join(project, "compose.yaml"), JSON.stringify({ services: { web } }));
  const { code, err } = await ask(["up", "-d"]);
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  const [published] = (await told<HostState>("ps")).published;
  url = `http://127.0.0.1:${published?.hostPort}/`;
  const headers = { "user-agent": "kube-probe/1.31" };
  await eventually(async () => (await fetch(new URL("/healthz", url), { headers })).ok, { withinMs: 30_000 });
}, 90_000);

afterAll(async () => {
  await ask(["down"]);
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("no secret is on the disk, in whatever it was sent or printed", async () => {
  const hasRows = (query: string) =>
    eventually(async () => Number((await told<{ rows: number[][] }>("sql", query)).rows[0]?.[0]) > 0, {
      ...{ withinMs: 60_000, everyMs: 300 },
    });
  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(new URL(path, url), { headers: { "user-agent": PLANTED.agent, ...headers }, redirect: "manual" });
  await get(`/seen?secret=${PLANTED.query}`, { cookie: `sid=${PLANTED.cookie}`, "x-planted": PLANTED.header });
  await get(`/carts/${PLANTED.cookieInPath}/items`, { referer: `${url}page?of=${PLANTED.referrer}` });
  await get("/orders", { authorization: `Bearer ${PLANTED.bearer}` });
  await get(`/${MARKER}`);
  await get(`/users/${PLANTED.mailInPath}`);
  await get(`/users/${encodeURIComponent(PLANTED.mailInPath)}/orders`);
  await get(`/cards/${PLANTED.cardInPath}`);
  await get(`/list;jsessionid=${PLANTED.parameter}`);
  await fetch(url, { method: "POST", body: PLANTED.body, redirect: "manual" });
  await eventually(async () => (await kept()) >= 7, { withinMs: 60_000, everyMs: 300 });
  await hasRows("SELECT count(*) FROM exchanges WHERE path LIKE '/cards/%'");
  await hasRows("SELECT count(*) FROM app_spans");

  const during = plantedIn(texts());
  expect((await ask(["logs", "web"])).out).toContain("login of *** password=*** card ***");
  expect((await ask(["down"])).code).toBe(0);

  expect(during).toEqual([]);
  expect(plantedIn(texts())).toEqual([]);
  // the store packs its texts: it is looked at unpacked as well, and what is no secret is found there
  const stored = await storedTexts();
  expect(plantedIn(stored)).toEqual([]);
  expect(stored.some(({ bytes }) => bytes.includes(MARKER))).toBe(true);
  expect((await ask(["up", "-d"])).code).toBe(0);
  await eventually(async () => (await kept()) >= 7, { withinMs: 30_000, everyMs: 300 });
}, 180_000);

test("what is kept is told, and that the observatory may be asked it", async () => {
  const { out, code } = await ask(["privacy"]);

  expect(code).toBe(0);
  expect(out).toContain("pseudonymous, not anonymous");
  expect(out).toContain("7d");
  expect(out).toContain("meshwise privacy forget - < cookie.txt");
}, 60_000);

test("one visitor is forgotten, and the others are not", async () => {
  const [published] = (await told<HostState>("ps")).published;
  const at = `http://127.0.0.1:${published?.hostPort}/`;
  expect((await ask(["privacy", "forget", "--everybody"])).code).toBe(0);
  const sessions = ["0d5e8f2a6b914c73", "7a3c9e1f5d208b64"].map((half) => half + half.split("").reverse().join(""));
  for (const sid of sessions) {
    for (let page = 0; page < 3; page++) await shop(at, { headers: { cookie: `sid=${sid}` }, product: page });
  }
  const people = async () => (await told<JourneysAnswer>("journeys", "--since", "1h")).seen.visitors.people;
  await eventually(async () => (await kept()) === 6, { withinMs: 60_000, everyMs: 300 });
  expect(await people()).toBe(2);

  const forgotten = await ask(["privacy", "forget", "-"], { input: `${sessions[0]}\n` });

  expect(forgotten).toMatchObject({ code: 0, err: expect.stringContaining("Forgotten: 3 requests.") });
  expect(await kept()).toBe(3);
  expect(await people()).toBe(1);
  const again = await ask(["privacy", "forget", "-"], { input: sessions[0] as string });
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining("Nothing is known of this visitor.") });
  expect((await ask(["privacy", "forget"])).code).toBe(2);
}, 120_000);

type Text = { readonly where: string; readonly bytes: Buffer };

/** Which of the planted texts are in what, as they are or as URLs have them. */
function plantedIn(texts: readonly Text[]): string[] {
  const planted = Object.entries(PLANTED).flatMap(([name, text]) =>
    [text, encodeURIComponent(text)].map((form) => ({ name, bytes: Buffer.from(form) })),
  );
  return texts.flatMap(({ where, bytes }) =>
    planted.filter((one) => bytes.includes(one.bytes)).map(({ name }) => `${name} in ${where}`),
  );
}

/** Every file of the state directory. */
function texts(): Text[] {
  return readdirSync(join(folder, "state"), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((where) => ({ where, bytes: readFileSync(where) }));
}

/** Every value of every table. */
async function storedTexts(): Promise<Text[]> {
  const file = join(folder, "state", "shop", "store", "telemetry.duckdb");
  const instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  const rowsOf = async (sql: string) => (await connection.runAndReadAll(sql)).getRows();
  const found: Text[] = [];
  for (const [table] of await rowsOf("SELECT table_name FROM duckdb_tables()")) {
    const rows = await rowsOf(`SELECT t::VARCHAR FROM "${table}" AS t`);
    found.push({ where: String(table), bytes: Buffer.from(rows.join("\n")) });
  }
  connection.closeSync();
  instance.closeSync();
  return found;
}

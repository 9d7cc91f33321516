// Journeys of a running mesh, from real requests to what a user is told: without a line in the services, and over a crash.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { FunnelAnswer, JourneysAnswer, LossAnswer } from "../../src/api/types.ts";
import { meshwise, type Ran } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { SHOP, shop, shopCompose } from "../support/shoppers.ts";

const STEPS = "GET /product/{id} > POST /cart > POST /checkout";
/** of those who look 3 of 4 buy, or try to; 2 of 5 of them have a card that is refused */
const LOOK = 160;
const IN_CART = 120;
const REFUSED = 48;
const OPTED_OUT = 5;
const ROBOTS = 10;

const folder = mkdtempSync(join(tmpdir(), "meshwise-cli-"));
const project = join(folder, "shop");
const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
const ask = (...args: readonly string[]): Promise<Ran> => meshwise(args, { directory: project, environment });

async function told<Answer>(...args: readonly string[]): Promise<Answer> {
  const { code, out, err } = await ask(...args, "-o", "json");
  if (code !== 0) throw new Error(err);
  return JSON.parse(out) as Answer;
}

const state = () => told<HostState>("ps");
const visitors = async () => (await told<JourneysAnswer>("journeys")).seen.visitors;
const people = async () => (await visitors()).people;

async function shopUrl(): Promise<string> {
  return `http://127.0.0.1:${(await state()).published[0]?.hostPort}/`;
}

/** asked as a prober, which is no visitor */
async function ready(url: string): Promise<void> {
  const headers = { "user-agent": "kube-probe/1.31" };
  await eventually(async () => (await fetch(new URL("/healthz", url), { headers })).ok, { withinMs: 30_000 });
}

beforeAll(async () => {
  mkdirSync(project);
  const file = join(project, "shop.ts");
  writeFileSync(file, SHOP);
  writeFileSync(join(project, "compose.yaml"), shopCompose(process.execPath, file));
  const { code, err } = await ask("up", "-d");
  expect({ code, err: code === 0 ? "" : err }).toEqual({ code: 0, err: "" });
  const url = await shopUrl();
  await ready(url);
  for (let who = 0; who < LOOK; who++) {
    const buys = who % 4 < 3;
    await shop(url, {
      product: 1 + (who % 50),
      ...(buys && { card: who % 5 < 2 ? "4000 0002" : "4000 0001" }),
      ...(who % 3 === 0 && { headers: { "user-agent": "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile Safari/604.1" } }),
    });
  }
  for (let who = 0; who < OPTED_OUT; who++) await shop(url, { headers: { "sec-gpc": "1" } });
  for (let who = 0; who < ROBOTS; who++) {
    await shop(url, { headers: { "user-agent": "ExampleBot/2.1 (+http://bot.example/)" } });
  }
  // the robots came last
  const isSeen = async () => {
    const { people, robots } = await visitors();
    return people === LOOK && robots === ROBOTS;
  };
  await eventually(isSeen, { withinMs: 60_000, everyMs: 500 });
}, 150_000);

afterAll(async () => {
  await ask("down");
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("the goal is found, with who was left out and why", async () => {
  const { goals, funnels, seen } = await told<JourneysAnswer>("journeys", "--since", "1h");

  expect(goals[0]?.event).toBe("POST /checkout");
  expect(funnels[0]?.steps.at(-1)).toBe("POST /checkout");
  expect(seen.visitors).toEqual({ people: LOOK, weak: 0, robots: ROBOTS });
  expect(seen.optedOut).toBe(OPTED_OUT);
  const { out, err } = await ask("journeys");
  expect(out).toContain("POST /checkout");
  expect(err).toContain("5 requests of who does not want to be followed are not counted");
}, 60_000);

test("a funnel of the running mesh counts who came through, in every order and by browser", async () => {
  const counts = ({ funnel }: FunnelAnswer) => funnel.map(({ entered }) => entered);

  const ordered = await told<FunnelAnswer>("funnel", STEPS, "--by", "device", "--window", "30m");
  const strict = await told<FunnelAnswer>("funnel", STEPS, "--order", "strict");
  const any = await told<FunnelAnswer>("funnel", "POST /cart > GET /product/{id}", "--order", "any");

  // a payment that was refused is a try, and no purchase
  expect(counts(ordered)).toEqual([LOOK, IN_CART, IN_CART - REFUSED]);
  expect(counts(strict)).toEqual([LOOK, IN_CART, IN_CART - REFUSED]);
  expect(counts(any)).toEqual([LOOK, IN_CART]);
  expect(ordered.segments?.values.map(({ value }) => value).sort()).toEqual(["desktop", "mobile"]);
  expect((await ask("funnel", STEPS)).out).toContain("72 of 160");
}, 60_000);

test("why they do not buy is said as far as it can be seen: 402 at pay, and no more", async () => {
  const { findings, why, verdict } = await told<LossAnswer>("funnel", "why", STEPS, "--step", "2");

  expect(verdict).toContain("status 402");
  expect(findings[0]).toMatchObject({ event: "POST /checkout", what: "status 402", where: "402 at pay" });
  expect(why).toMatchObject({ service: "pay", verdict: expect.stringContaining("bodies, which are never read") });
  const { code, out } = await ask("funnel", "why", STEPS, "--step", "2");
  expect(code).toBe(0);
  expect(out).toContain("Next: meshwise tap --destination pay --status 402 --since ");
}, 60_000);

test("a declared journey is asked for by its name, and is the one that is meant", async () => {
  const file = join(folder, "journey.yaml");
  const steps = STEPS.split(" > ").map((step) => `\n    - ${step}`);
  const head = "apiVersion: meshwise.dev/v1alpha1\nkind: Journey\nmetadata: {name: purchase}";
  writeFileSync(file, `${head}\nspec:\n  window: 30m\n  steps:${steps.join("")}\n`);

  expect((await ask("apply", "-f", file)).err).toContain("journey/purchase created");

  const named = await told<FunnelAnswer>("funnel", "purchase");
  expect(named).toMatchObject({ name: "purchase", definition: { steps: STEPS.split(" > "), windowSeconds: 1800 } });
  expect((await told<FunnelAnswer>("funnel")).name).toBe("purchase");
  expect((await ask("get", "journeys")).out).toMatch(/purchase +GET \/product\/\{id\} > POST \/cart .* Accepted\n/);
  expect((await ask("journeys")).out).toContain(`Declared: purchase = ${STEPS}`);
}, 60_000);

test("a wrong use says what would be right", async () => {
  const table: readonly [args: string[], code: number, text: string][] = [
    [["funnel", "nowhere"], 1, "no journey is called nowhere; there is purchase"],
    [["funnel", "GET /product/{id} > "], 2, "The funnel"],
    [["funnel", STEPS, "--order", "never"], 2, "ordered, strict, any"],
    [["funnel", "why", STEPS, "--step", "7"], 1, "step"],
  ];
  for (const [args, code, text] of table) {
    const ran = await ask(...args);
    expect([args, ran.code]).toEqual([args, code]);
    expect(ran.err).toContain(text);
  }
}, 60_000);

test("what was seen outlives the observatory and the project, and nobody is followed where that is switched off", async () => {
  const observatory = async () => (await state()).processes.find(({ role }) => role === "observatory")?.pid;
  const before = await eventually(observatory, { withinMs: 20_000 });

  process.kill(before, "SIGKILL");

  await eventually(async () => (await people()) === LOOK, { withinMs: 60_000, everyMs: 200 });
  expect((await told<FunnelAnswer>("funnel")).name).toBe("purchase");
  expect((await ask("down")).code).toBe(0);
  const off = { directory: project, environment: { ...environment, MESHWISE_JOURNEYS: "off" } };
  expect((await meshwise(["up", "-d"], off)).code).toBe(0);
  const url = await shopUrl();
  await ready(url);
  await shop(url, { card: "4000 0001", product: 7 });
  const counted =
    "SELECT count(*) FROM exchanges WHERE path = '/product/7' AND time > now()::TIMESTAMP - INTERVAL 20 SECONDS";
  await eventually(async () => Number((await told<{ rows: number[][] }>("sql", counted)).rows[0]?.[0]) > 0, {
    ...{ withinMs: 60_000, everyMs: 500 },
  });
  expect(await people()).toBe(LOOK);
}, 150_000);

// The shoppers as a user runs them: a process, its output and its exit code.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";
import type { Totals } from "./tally.ts";
import { testShop } from "./testing.ts";

function run(...args: string[]) {
  const command = [process.execPath, join(import.meta.dir, "main.ts"), ...args];
  return Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
}

async function ended(child: ReturnType<typeof run>) {
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
  return { out, err, code };
}

const flags = (url: string) => ["--url", url, "--rate", "40", "--think", "10"];

test("people and bots visit a shop for a while; the totals add up", async () => {
  const shop = await testShop();

  const { out, code } = await ended(run(...flags(`http://${shop.origin.authority}`), "--seconds", "2", "--json"));

  await shop.stop();
  const totals: Totals = JSON.parse(out.trim().split("\n").at(-1)!);
  const sum = (some: object) => Object.values(some).reduce((all: number, one: number) => all + one, 0);
  expect(code).toBe(0);
  expect(totals.visitors + totals.away).toBeWithin(50, 120);
  expect(sum(totals.ends)).toBe(totals.visitors);
  expect(Object.values(totals.intents).reduce((all, { visitors }) => all + visitors, 0)).toBe(totals.visitors);
  expect([totals.inside, totals.metAnError, totals.ends.failed, totals.ends.impatient]).toEqual([0, 0, 0, 0]);
  expect(totals.reasons).toEqual({});
  expect(totals.carts.bought).toBe(totals.ends.bought);
  expect(totals.carts.made).toBeGreaterThan(totals.carts.bought);
  expect(sum(totals.bots)).toBeGreaterThan(0);
  expect(totals.requests / shop.seen.length).toBeWithin(0.97, 1.001); // who leaves cuts off what is under way
  for (const times of Object.values(totals.pageMs)) expect(times.p50).toBeLessThanOrEqual(times.p99);
}, 30_000);

test.each(["SIGTERM", "SIGINT"] as const)("%s ends it with a summary", async (signal) => {
  const shop = await testShop();
  const child = run(...flags(`http://${shop.origin.authority}`));
  await eventually(() => shop.seen.length > 100);

  child.kill(signal);

  const { out, code } = await ended(child);
  await shop.stop();
  expect(code).toBe(0);
  expect(out).toMatch(/^shoppers: \d+ came, \d+ bought, .*, 0 met an error$/m);
  expect(out).toMatch(/^ {2}carts: \d+ made, \d+ bought, \d+ % left behind$/m);
});

test("a shop that fails makes people leave, which the reasons and the exit code say", async () => {
  const shop = await testShop({
    fault: ({ path }, response) => {
      if (!path.startsWith("/product/")) return false;
      response.writeHead(503).end();
      return true;
    },
  });

  const { out, code } = await ended(run(...flags(`http://${shop.origin.authority}`), "--seconds", "1", "--bots", "0"));

  await shop.stop();
  expect(code).toBe(1);
  expect(out).toMatch(/ {2}\d+ × GET \/product\/… answered 503$/m);
}, 30_000);

test("a shop that is not there is said, with exit code 1", async () => {
  const shop = await testShop();
  await shop.stop();

  const { out, code } = await ended(run(...flags(`http://${shop.origin.authority}`), "--seconds", "0.5"));

  expect(code).toBe(1);
  expect(out).toMatch(/× GET \/ broke: the connection was refused$/m);
}, 30_000);

test("--plan prints the visitors of a seed without visiting anybody", async () => {
  const plan = ["--plan", "20", "--url", "http://127.0.0.1:1"];
  const [once, again, other] = await Promise.all([run(...plan), run(...plan), run(...plan, "--seed", "2")].map(ended));

  expect(once?.out.trim().split("\n")).toHaveLength(20);
  expect(JSON.parse(once!.out.split("\n")[0]!)).toMatchObject({ number: 1 });
  expect([again?.out, once?.code]).toEqual([once?.out, 0]);
  expect(other?.out).not.toBe(once?.out);
});

test.each([
  [["--rate", "0"], "--rate is a number above 0"],
  [["--bots", "1"], "--bots is a share"],
  [["--seed", "x"], "--seed is a number"],
  [["--surge", "4x"], "--surge is factor@from+seconds"],
  [["--url", "shop.example"], "begins with http://"],
  [["--speed", "1"], "--speed"],
])("a mistake in the command is said, with exit code 2: %p", async (args, sentence) => {
  const { err, code } = await ended(run(...args));

  expect(code).toBe(2);
  expect(err).toContain(sentence);
});

// Webhooks and files, with a real receiver that does not take everything.
import { afterEach, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../../test/support/eventually.ts";
import { systemClock } from "../../base/clock.ts";
import { seededRandom } from "../../base/random.ts";
import { notifier } from "./notifier.ts";

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

function receiver(answer: (count: number) => Response | Promise<Response>) {
  const got: unknown[] = [];
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      got.push(await request.json());
      return answer(got.length);
    },
  });
  ends.push(() => server.stop(true));
  return { got, url: `http://127.0.0.1:${server.port}/hook?token=secret` };
}

function told() {
  const said: string[] = [];
  const tells = notifier({ clock: systemClock, random: seededRandom(1), log: (text) => said.push(text) });
  ends.push(tells.close);
  return { said, tells };
}

test("what a webhook fails to take is sent again, in order, and the address is not logged", async () => {
  const { got, url } = receiver((count) => new Response(null, { status: count === 1 ? 503 : 204 }));
  const { said, tells } = told();
  tells.set([{ name: "a", webhook: url }]);

  tells.tell({ event: "opened" });
  tells.tell({ event: "closed" });

  await eventually(() => got.length === 3);
  expect(got).toEqual([{ event: "opened" }, { event: "opened" }, { event: "closed" }]);
  expect(said).toEqual([`notification: ${new URL(url).host} answers 503; it is tried again`]);
});

test("what a webhook refuses for good is not sent again, and no redirect is followed", async () => {
  const elsewhere = receiver(() => new Response());
  const { got, url } = receiver((count) =>
    count === 1 ? new Response(null, { status: 400 }) : Response.redirect(elsewhere.url, 307),
  );
  const { said, tells } = told();
  tells.set([{ name: "a", webhook: url }]);

  tells.tell({ number: 1 });
  tells.tell({ number: 2 });
  tells.tell({ number: 3 });

  await eventually(() => got.length === 3 && said.length === 2);
  expect(got).toEqual([{ number: 1 }, { number: 2 }, { number: 3 }]);
  expect(elsewhere.got).toEqual([]);
});

test("one that never answers holds up nobody else, and what waits for it has an end", async () => {
  const stuck = receiver(() => new Promise<Response>(() => {}));
  const quick = receiver(() => new Response());
  const { said, tells } = told();
  tells.set([
    { name: "a", webhook: stuck.url },
    { name: "b", webhook: quick.url },
  ]);

  for (let number = 0; number < 40; number++) tells.tell({ number, text: "x".repeat(50_000) });

  await eventually(() => quick.got.length > 0 && stuck.got.length === 1);
  expect(said.filter((text) => text.includes(new URL(stuck.url).host)).length).toBeGreaterThan(10);
});

test("a file gets a line for each; one that cannot be written stops nothing", async () => {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-notify-"));
  ends.push(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "incidents.jsonl");
  const { said, tells } = told();
  tells.set([
    { name: "a", file: folder },
    { name: "b", file },
  ]);

  tells.tell({ number: 1 });
  tells.tell({ number: 2 });

  expect(readFileSync(file, "utf8")).toBe('{"number":1}\n{"number":2}\n');
  expect(said[0]).toContain(`${folder} cannot be written`);
});

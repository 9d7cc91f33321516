// The shop by itself, without the mesh: its services speak to each other over loopback.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start, startShop } from "./testing.ts";

const GOOD_CARD = "4242424242424242";
let directory: string;
let running: Awaited<ReturnType<typeof startShop>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "shop-test-"));
  running = await startShop(directory);
}, 30_000);

afterAll(async () => {
  await running.stop();
  await rm(directory, { recursive: true, force: true });
}, 20_000);

/** a browser with a cart that holds one mug */
async function withMug(): Promise<(path: string, form?: Record<string, string>) => Promise<string>> {
  let cookie = "";
  const browse = async (path: string, form?: Record<string, string>) => {
    const response = await fetch(running.url + path, {
      headers: { cookie },
      ...(form ? { method: "POST", body: new URLSearchParams(form) } : {}),
    });
    return response.text();
  };
  cookie = (await fetch(running.url)).headers.get("set-cookie")?.split(";")[0] ?? "";
  await browse("/cart", { product: "mug-speckled", quantity: "1" });
  return browse;
}

test("a declined card is told to the shopper, who keeps the cart", async () => {
  const browse = await withMug();

  expect(await browse("/checkout", { email: "a@example.com", card: "4000000000009995" })).toContain("not enough money");
  expect(await browse("/cart")).toContain("Mug, speckled");
});

test("a bought cart is empty afterwards", async () => {
  const browse = await withMug();

  expect(await browse("/checkout", { email: "a@example.com", card: GOOD_CARD })).toContain("Thank you");

  expect(await browse("/cart")).toContain("It is empty");
});

test("an empty cart cannot be bought, an unknown product cannot be seen", async () => {
  const empty = await fetch(`${running.url}/checkout`, {
    method: "POST",
    body: new URLSearchParams({ email: "a@example.com", card: GOOD_CARD }),
  });
  const unknown = await fetch(`${running.url}/product/nothing`);

  expect([empty.status, unknown.status]).toEqual([409, 404]);
});

test("what a visitor typed is shown as text, not as HTML", async () => {
  const html = await (await fetch(`${running.url}/?q=${encodeURIComponent('"><script>')}`)).text();

  expect(html).toContain("&quot;&gt;&lt;script&gt;");
});

describe("on SIGTERM", () => {
  test("payment answers the charge it has begun, then ends with exit code 0", async () => {
    const payment = await start("payment", { BANK_MS: "300" });
    const charge = fetch(`http://127.0.0.1:${payment.port}/charges`, {
      method: "POST",
      body: JSON.stringify({ order: "one", card: GOOD_CARD, cents: 100 }),
    });
    await fetch(`http://127.0.0.1:${payment.port}/healthz`); // by now the charge has been accepted

    payment.process.kill("SIGTERM");

    expect((await charge).status).toBe(201);
    expect(await payment.process.exited).toBe(0);
  });
});

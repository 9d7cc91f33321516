// The shop by itself, without the mesh: its services speak to each other over loopback, on SQLite.
import { Database } from "bun:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../test/support/eventually.ts";
import { GOOD_CARD, visitor } from "./browser.ts";
import { type Shop, start, startShop } from "./testing.ts";

let directory: string;
let shop: Shop;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "shop-test-"));
  shop = await startShop(directory);
}, 30_000);

afterAll(async () => {
  await shop.stop();
  await rm(directory, { recursive: true, force: true });
}, 20_000);

async function withMug() {
  const browser = visitor(shop.url);
  await browser.visit("/cart", { product: "mug-speckled", quantity: "1" });
  return browser;
}

async function stockOf(product: string): Promise<number> {
  const answer = await fetch(`${shop.urlOf("inventory")}/stock?products=${product}`);
  return ((await answer.json()) as { stock: Record<string, number> }).stock[product] ?? Number.NaN;
}

describe("a visitor", () => {
  test("finds a product by category, by search and by a search with a typing mistake", async () => {
    const { visit } = visitor(shop.url);

    expect((await visit("/category/table")).html).toContain('href="/product/mug-speckled"');
    expect((await visit("/search?q=speckled+mug")).html).toContain('href="/product/mug-speckled"');
    expect((await visit("/search?q=spekled")).html).toContain('href="/product/mug-speckled"');
  });

  test("pages through what a search found by the next link", async () => {
    const { visit } = visitor(shop.url);
    const first = await visit("/search?q=");

    const next = /rel="next" href="([^"]+)"/.exec(first.html)?.[1]?.replaceAll("&amp;", "&") ?? "";

    expect((await visit(next)).html).toContain("Page 2 of 6");
  });

  test("buys what is in the cart: the order is shown to nobody else, the mail is sent, the stock is less, the cart empty", async () => {
    const before = await stockOf("mug-cobalt");
    const { visit, buy } = visitor(shop.url);
    await visit("/cart", { product: "mug-cobalt", quantity: "3" });

    const order = await buy();

    expect([order.status, order.url]).toEqual([200, expect.stringMatching(/^\/order\/[0-9a-f-]{36}$/)]);
    expect(order.html).toContain("Thank you, Ada Lovelace.");
    expect((await visitor(shop.url).visit(order.url)).status).toBe(404);
    expect(await stockOf("mug-cobalt")).toBe(before - 3);
    expect((await visit("/cart")).html).toContain("It is empty");
    const spool = join(directory, "mail", "sent.mbox");
    await eventually(async () => (await readFile(spool, "utf8").catch(() => "")).includes(order.url.slice(7)));
  });

  test("who buys with a declined card is told so, keeps the cart, and nothing stays reserved", async () => {
    const { visit, buy } = await withMug();
    const before = await stockOf("mug-speckled");

    const declined = await buy({ card: "4000 0000 0000 0002" });
    const poor = await buy({ card: "4000000000009995" });

    expect([declined.status, poor.status]).toEqual([402, 402]);
    expect(poor.html).toContain("not enough money");
    expect((await visit("/cart")).html).toContain("Mug, speckled");
    expect(await stockOf("mug-speckled")).toBe(before);
  });

  test("who sends a form with mistakes gets it back with a message at each field, and not the card", async () => {
    const { buy } = await withMug();

    const { status, html } = await buy({ email: "nobody", card: "12", name: "<b>" });

    expect(status).toBe(422);
    expect(html).toMatch(/id="email-note">[^<]+</);
    expect(html).toMatch(/id="card-note">[^<]+</);
    expect(html).toContain('value="&lt;b&gt;"');
    expect(html).not.toContain('value="12"');
  });

  test("a coupon takes its part off the price, and one that nobody knows is refused", async () => {
    const { buy } = await withMug();
    const price = (html: string) => Number(/class="total">.*€ ([\d.]+)/.exec(html)?.[1]);

    const refused = await buy({ coupon: "FREE" });
    const full = await (await withMug()).buy();
    const less = await buy({ coupon: "summer" });

    expect(refused.status).toBe(422);
    expect(refused.html).toMatch(/id="coupon-note">[^<]+</);
    expect(price(full.html) - price(less.html)).toBeCloseTo(0.15 * 14.5, 1);
  });

  test("who wants more than there is learns which product it is", async () => {
    const { visit, buy } = visitor(shop.url);
    for (let times = 0; times < 5; times++) await visit("/cart", { product: "kite-red", quantity: "99" });
    const keeper = visitor(shop.url);
    for (let bought = 0; bought < 4; bought++) {
      await keeper.visit("/cart", { product: "kite-red", quantity: "99" });
      if ((await keeper.buy()).status === 409) break;
    }

    const { status, html } = await buy();

    expect(status).toBe(409);
    expect(html).toContain("Kite, red");
  });

  test("who sends the same purchase twice has bought once", async () => {
    const { visit } = await withMug();
    const key = /name="key" value="([0-9a-f]+)"/.exec((await visit("/checkout")).html)?.[1] ?? "";
    const form = { key, name: "Ada", email: "ada@example.com", address: "Main Street 1", country: "DE" };
    const before = await stockOf("mug-speckled");

    const send = () => visit("/checkout", { ...form, shipping: "standard", card: GOOD_CARD });
    const [one, two] = await Promise.all([send(), send()]);
    const late = await send();

    expect([two.url, late.url]).toEqual([one.url, one.url]);
    expect(await stockOf("mug-speckled")).toBe(before - 1);
  });

  test("with an empty cart is sent from the checkout to the cart", async () => {
    expect((await visitor(shop.url).visit("/checkout")).url).toBe("/cart");
  });

  test("sees that a product, a category or a page does not exist", async () => {
    const { visit } = visitor(shop.url);

    for (const path of ["/product/nothing", "/category/nothing", "/nothing", "/assets/product/nothing.svg"]) {
      expect([path, (await visit(path)).status]).toEqual([path, 404]);
    }
  });

  test("reads what was typed as text, not as HTML", async () => {
    const { html } = await visitor(shop.url).visit(`/search?q=${encodeURIComponent('"><script>')}`);

    expect(html).toContain("&quot;&gt;&lt;script&gt;");
  });

  test("gets a session once, and what shows a cart is not kept", async () => {
    const { visit } = visitor(shop.url);

    const first = await visit("/");
    const second = await visit("/cart");

    expect(first.headers.get("set-cookie")).toMatch(/^sid=[\w-]{22}; HttpOnly; SameSite=Lax; Path=\/$/);
    expect(second.headers.get("set-cookie")).toBeNull();
    expect(second.headers.get("cache-control")).toBe("no-store");
  });

  test("asks for a picture again and gets no bytes", async () => {
    const url = `${shop.url}/assets/product/mug-rust.svg`;
    const etag = (await fetch(url)).headers.get("etag") ?? "";

    const again = await fetch(url, { headers: { "if-none-match": etag } });

    expect(again.status).toBe(304);
    expect(again.headers.get("cache-control")).toMatch(/^public, max-age=\d+$/);
  });
});

test("what others bought together comes first among the recommendations", async () => {
  const { visit, buy } = visitor(shop.url);
  await visit("/cart", { product: "storm-lantern", quantity: "1" });
  await visit("/cart", { product: "bear-grey", quantity: "1" });
  await buy();

  const { html } = await visit("/product/storm-lantern");

  const together = html.slice(html.indexOf("Bought together"));
  expect(/href="\/product\/([^"]+)"/.exec(together)?.[1]).toBe("bear-grey");
});

test("a bank that is told to be slow is slow, and quick again when told so", async () => {
  const bank = (body: unknown) =>
    fetch(`${shop.urlOf("payment")}/bank`, { method: "PUT", body: JSON.stringify(body) }).then((answer) =>
      answer.json(),
    );

  expect(await bank({ ms: 5 })).toEqual({ ms: 5, usualMs: 1 });
  expect(await bank({ ms: "fast" })).toHaveProperty("error");
  expect(await bank({ ms: null })).toEqual({ ms: 1, usualMs: 1 });
});

describe("when the orders are away", () => {
  test("a purchase fails, the money goes back, the goods too, and the cart stays", async () => {
    const { visit, buy } = await withMug();
    const before = await stockOf("mug-speckled");
    await shop.kill("orders");

    const failed = await buy();

    expect(failed.status).toBe(503);
    expect(failed.html).toContain("you will not be charged twice");
    expect(await stockOf("mug-speckled")).toBe(before);
    expect(await charges()).toContain("refunded");
    expect((await visit("/cart")).html).toContain("Mug, speckled");
    // the old charge is called off for good: the form that came back must not lead to it
    expect(keyOf(failed.html)).not.toBe(keyOf((await buy({ key: "0".repeat(32) })).html));
    expect((await buy({ key: "0".repeat(32) })).status).toBe(409);
    expect((await buy({ key: keyOf(failed.html) })).status).toBe(503);
  });

  function keyOf(html: string): string {
    return /name="key" value="([0-9a-f]+)"/.exec(html)?.[1] ?? "";
  }

  async function charges(): Promise<string[]> {
    const file = new Database(join(directory, "redis", "redis.db"), { readonly: true });
    const rows = file.query("SELECT value FROM fields WHERE key LIKE 'charge:%'").all() as { value: string }[];
    file.close();
    return rows.map(({ value }) => value);
  }
});

describe("on SIGTERM", () => {
  test("payment answers the charge it has begun, then ends with exit code 0", async () => {
    const payment = await start("payment", { BANK_MS: "300", REDIS: shop.urlOf("redis").replace("http", "redis") });
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

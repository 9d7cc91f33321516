import { afterEach, beforeEach, expect, test } from "bun:test";
import { client } from "../net/client.ts";
import { BACKBONE, link } from "../net/link.ts";
import type { Bot } from "../plan/bots.ts";
import { testShop } from "../testing.ts";
import { crawl } from "./robot.ts";
import { searchIndex } from "./search-index.ts";

let shop: Awaited<ReturnType<typeof testShop>>;
beforeEach(async () => {
  shop = await testShop();
});
afterEach(() => shop.stop());

async function send(some: Pick<Bot, "bot" | "ranks"> & Partial<Bot>, index = searchIndex()): Promise<string[]> {
  const bot: Bot = {
    kind: "bot",
    number: 1,
    atMs: 0,
    userAgent: "Googlebot/2.1",
    address: "127.50.0.7",
    everyMs: 1,
    ...some,
  };
  const errors: string[] = [];
  const watch = { page: () => {}, request: () => {}, error: (reason: string) => errors.push(reason) };
  const own = client({ origin: shop.origin, address: bot.address, link: link(BACKBONE), limit: 1 });
  await crawl(bot, {
    authority: shop.origin.authority,
    client: own,
    index,
    ending: new AbortController().signal,
    watch,
  });
  return errors;
}

const ranks = (count: number) => Array.from({ length: count }, (_, i) => (i / count) * 0.99);

test("a crawler reads robots.txt first, obeys it, and search engines know what it has seen", async () => {
  const index = searchIndex();

  await send({ bot: "crawler", ranks: ranks(30) }, index);

  const paths = shop.paths("GET");
  expect(paths[0]).toBe("/robots.txt");
  expect(paths.filter((path) => /^\/(cart|search)/.test(path))).toEqual([]);
  expect(new Set(paths).size).toBe(paths.length); // no page twice
  expect(index.size()).toBe(5);
  expect(index.product(0)).toBe("/product/mug");
});

test("a scraper asks for what is there, robots.txt or not", async () => {
  await send({ bot: "scraper", ranks: ranks(30), userAgent: "python-requests/2.32.5" });

  expect(shop.paths("GET")).not.toContain("/robots.txt");
  expect(shop.paths("GET")).toContain("/cart");
});

test("a bot keeps no cookie, loads no image, sends no form, and comes from its data centre", async () => {
  await send({ bot: "scraper", ranks: ranks(20) });

  expect(
    shop.seen.filter(({ headers, method, path }) => headers.cookie || method !== "GET" || /^\/assets/.test(path)),
  ).toEqual([]);
  expect(new Set(shop.seen.map(({ address, connection }) => `${address} ${connection}`))).toEqual(
    new Set(["127.50.0.7 1"]),
  );
});

test("a price watcher asks for the same products again and again, at even intervals", async () => {
  const index = searchIndex();
  index.learn(["/product/a", "/product/b", "/product/c", "/product/d"]);
  const started = performance.now();

  await send({ bot: "watcher", ranks: [0, 0.3, 0.6, 0.9, 0.9, 0.9], everyMs: 20 }, index);

  const three = ["/product/a", "/product/b", "/product/c"];
  expect(shop.paths("GET")).toEqual([...three, ...three]);
  expect(performance.now() - started).toBeGreaterThanOrEqual(100);
});

test("an uptime probe asks for the head of the home page only, and says what it met", async () => {
  expect(await send({ bot: "probe", ranks: [0, 0] })).toEqual([]);
  expect(shop.paths("HEAD")).toEqual(["/", "/"]);

  await shop.stop();

  expect(await send({ bot: "probe", ranks: [0] })).toEqual(["HEAD / broke for a bot: the connection was refused"]);
});

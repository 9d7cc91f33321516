import { afterEach, expect, test } from "bun:test";
import { gzipSync } from "node:zlib";
import { eventually } from "../../../test/support/eventually.ts";
import type { Device } from "../plan/devices.ts";
import { type Fault, type Seen, testShop } from "../testing.ts";
import { type Browser, browser } from "./browser.ts";

const DEVICE: Device = {
  class: "phone",
  engine: "chromium",
  userAgent: "Mozilla/5.0 Chrome/156.0.0.0",
  language: "de-DE,de;q=0.9,en;q=0.8",
  hints: { "sec-ch-ua-mobile": "?1", "sec-gpc": "1" },
  pace: { name: "fibre", rttMs: 0, down: 1e6, up: 1e6 },
  imagesInView: 4,
};

let shop: Awaited<ReturnType<typeof testShop>>;
let own: Browser;
let pageMs: number[];
let missing: string[];

afterEach(async () => {
  own.close();
  await shop.stop();
});

async function start({ fault, device = DEVICE }: { fault?: Fault; device?: Device } = {}) {
  shop = await testShop(fault ? { fault } : {});
  pageMs = [];
  missing = [];
  own = browser(shop.origin, "127.20.0.9", device, {
    page: (ms) => pageMs.push(ms),
    request: () => {},
    assetFailed: (path, reason) => missing.push(`${path} ${reason}`),
  });
}

const open = (path: string) => own.open({ path, site: "none", signal: AbortSignal.timeout(10_000) });
const asked = (path: string): Seen[] => shop.seen.filter((one) => one.path === path);
const arrived = (count: number) =>
  eventually(() => shop.seen.filter(({ path }) => path.startsWith("/assets/")).length >= count);

test("a stylesheet and images are loaded once, as many as fit the screen", async () => {
  await start();

  await open("/");
  await arrived(5);
  await open("/");
  await open("/product/mug");

  const assets = shop.seen.map(({ path }) => path).filter((path) => path.startsWith("/assets/"));
  const images = ["mug", "lamp", "pot", "pen"].map((id) => `/assets/product/${id}.svg`); // the fifth is out of view
  expect(assets.toSorted()).toEqual([...images, "/assets/shop.css"].toSorted());
});

test("what is no longer fresh is asked for with its ETag", async () => {
  await start({
    fault: ({ path, headers }, response) => {
      if (path !== "/assets/shop.css") return false;
      response.setHeader("ETag", '"v1"').setHeader("Cache-Control", "public, max-age=0");
      response.writeHead(headers["if-none-match"] === '"v1"' ? 304 : 200).end();
      return true;
    },
  });

  for (const times of [1, 2, 3]) {
    await open("/cart");
    await eventually(() => asked("/assets/shop.css").length === times);
  }

  expect(asked("/assets/shop.css").map(({ headers }) => headers["if-none-match"])).toEqual([undefined, '"v1"', '"v1"']);
});

test("connections are kept alive, and several load at once, from the visitor's own address", async () => {
  await start();

  for (let i = 0; i < 5; i++) await open(`/search?q=${i}`);
  await arrived(5);

  expect(new Set(shop.seen.map(({ address }) => address))).toEqual(new Set(["127.20.0.9"]));
  expect(new Set(shop.seen.map(({ connection }) => connection)).size).toBeWithin(2, 7);
  expect(shop.seen.length).toBe(10);
});

test("pages, images and posted forms are asked for as a browser does", async () => {
  await start();
  const url = `http://${shop.origin.authority}`;

  await own.open({
    path: "/",
    site: "cross-site",
    referrer: "https://www.google.com/",
    signal: AbortSignal.timeout(9e3),
  });
  await arrived(5);
  const form = new URLSearchParams({ product: "mug" });
  await own.open({
    ...{ path: "/cart", form, site: "same-origin", referrer: `${url}/product/mug`, isReload: true },
    signal: AbortSignal.timeout(9e3),
  });

  expect(asked("/")[0]?.headers).toMatchObject({
    "user-agent": DEVICE.userAgent,
    "accept-language": DEVICE.language,
    "accept-encoding": "gzip, deflate, br, zstd",
    "sec-fetch-site": "cross-site",
    "sec-fetch-mode": "navigate",
    "sec-fetch-dest": "document",
    "sec-ch-ua-mobile": "?1",
    "sec-gpc": "1",
    referer: "https://www.google.com/",
  });
  expect(asked("/")[0]?.headers.accept).toStartWith("text/html,");
  expect(asked("/assets/product/mug.svg")[0]?.headers).toMatchObject({
    accept: expect.stringMatching(/^image\/avif,/),
    "sec-fetch-dest": "image",
    referer: `${url}/`,
    cookie: "sid=s1",
  });
  const [post, redirected] = asked("/cart");
  expect(post?.headers).toMatchObject({ origin: url, "content-type": "application/x-www-form-urlencoded" });
  expect(post?.headers["cache-control"]).toBe("max-age=0");
  expect([redirected?.method, redirected?.headers.origin, redirected?.headers.cookie]).toEqual([
    "GET",
    undefined,
    "sid=s1",
  ]);
});

test("a page may come compressed", async () => {
  await start({
    fault: (_, response) => {
      response.setHeader("Content-Encoding", "gzip");
      response.end(gzipSync('<a href="/product/kite">Kite</a>'));
      return true;
    },
  });

  expect(await open("/")).toMatchObject({ status: 200, links: ["/product/kite"] });
});

test("an image that does not come is noted, and does not stop the page", async () => {
  await start({
    fault: ({ path }, response) => {
      if (!path.endsWith("mug.svg")) return false;
      response.writeHead(503).end();
      return true;
    },
  });

  expect(await open("/product/mug")).toMatchObject({ status: 200 });

  await eventually(() => missing.length > 0);
  expect(missing).toEqual(["/assets/product/mug.svg answered 503"]);
});

test("leaving is not an error of the shop, not even with images under way", async () => {
  await start({ fault: ({ path }) => path.startsWith("/assets/") });
  await open("/");
  await arrived(5);

  own.close();

  expect(missing).toEqual([]);
  expect(await open("/cart")).toMatchObject({ status: 200 }); // who comes back connects anew
});

test.each([
  ["goes in circles", "/", "too many redirects"],
  ["leads elsewhere", "https://example.com/", "was sent elsewhere"],
])("a redirect that %s is an error", async (_, location, reason) => {
  await start({
    fault: (_, response) => {
      response.writeHead(302, { Location: location }).end();
      return true;
    },
  });

  expect(await open("/")).toEqual({ trouble: "broken", reason });
});

test("a slow network makes a long page late: round trips and bytes both take time", async () => {
  const pace = { name: "3g", rttMs: 50, down: 50, up: 25 } as const;
  const page = "x".repeat(10_000); // 200 ms at 50 bytes per ms
  await start({
    device: { ...DEVICE, pace },
    fault: (_, response) => {
      response.end(page);
      return true;
    },
  });

  await open("/");
  await open("/");

  expect(pageMs[0]).toBeGreaterThan(295); // handshake, request, bytes
  expect(pageMs[1]).toBeWithin(245, pageMs[0]!); // no handshake
});

test("a shop that is not there, or speaks something else, is a broken page with a reason", async () => {
  await start({
    fault: (_, response) => {
      response.socket?.end("220 mail.example.com ESMTP\r\n\r\n");
      return true;
    },
  });

  expect(await open("/")).toEqual({
    trouble: "broken",
    reason: 'the answer is no HTTP/1: "220 mail.example.com ESMTP"',
  });
  await shop.stop();
  expect(await open("/")).toEqual({ trouble: "broken", reason: "the connection was refused" });
});

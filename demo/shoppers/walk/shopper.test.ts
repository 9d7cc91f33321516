// Persons with a plan, in a real server that has the storefront's pages.
import { afterEach, expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import type { Payment } from "../plan/buyer.ts";
import type { Device } from "../plan/devices.ts";
import type { Person, Temper } from "../plan/person.ts";
import type { Action } from "../plan/steps.ts";
import { type Fault, testShop } from "../testing.ts";
import { browser } from "./browser.ts";
import { searchIndex } from "./search-index.ts";
import { type End, shop } from "./shopper.ts";

const GOOD = "4242424242424242";
const DECLINED = "4000000000000002";
const PACE = { name: "fibre", rttMs: 0, down: 1e6, up: 1e6 } as const;
const DEVICE: Device = {
  class: "desktop",
  engine: "chromium",
  userAgent: "Chrome",
  language: "en",
  hints: {},
  pace: PACE,
  imagesInView: 12,
};
const BUYER = { name: "Ada Evans", email: "ada@example.com", address: "Mill Lane 1, Bath", country: "FR" };
const PATIENT: Temper = { patienceMs: 10_000, retries: 0, retryMs: 1, dearest: 100 };
const TO_CART: Action[] = [
  { kind: "land", on: "home" },
  { kind: "product", rank: 0 },
  { kind: "add", quantity: 2 },
];
const pays = (how: Partial<Payment> = {}): Action[] => [
  ...TO_CART,
  { kind: "cart" },
  { kind: "checkout" },
  { kind: "pay", cards: [GOOD], shippingRank: 0.9, coupon: "", correctMs: 0, ...how },
];

type Shop = Awaited<ReturnType<typeof testShop>>;
let running: Shop;
afterEach(() => running.stop());

async function walk(actions: readonly Action[], { temper = PATIENT, fault }: { temper?: Temper; fault?: Fault } = {}) {
  running = await testShop(fault ? { fault } : {});
  const { origin } = running;
  const said: string[] = [];
  const steps = actions.map((action) => ({ ...action, thinkMs: 0 }));
  const person: Person = {
    ...{ kind: "person", number: 1, atMs: 0, intent: "browse", device: DEVICE, address: "127.20.0.1", buyer: BUYER },
    ...{ temper, steps, stayMs: 0 },
  };
  const watch = { page: () => {}, request: () => {}, assetFailed: () => {} };
  const end: End = await shop(person, {
    origin: `http://${origin.authority}`,
    browser: browser(origin, person.address, DEVICE, watch),
    index: searchIndex(),
    notes: {
      cartMade: () => said.push("cart"),
      error: (reason) => said.push(reason),
      left: () => said.push("left"),
      cameBack: () => said.push("back"),
    },
  });
  return { end, said };
}

const posts = (path: string) => running.paths("POST").filter((one) => one === path).length;

test("a person finds a product, puts it into the cart and buys it, by links and forms alone", async () => {
  const { end, said } = await walk(pays());

  expect(end).toBe("bought");
  expect(said).toEqual(["cart"]);
  expect(running.paths("GET")).toEqual([
    "/",
    "/product/mug",
    "/cart",
    "/cart",
    "/checkout",
    "/checkout?country=FR",
    "/order/s1",
  ]);
  const forms = running.seen.filter(({ method }) => method === "POST").map(({ form }) => Object.fromEntries(form));
  expect(forms).toEqual([
    { product: "mug", quantity: "2" },
    { ...BUYER, shipping: "express", card: GOOD },
  ]);
});

test("who comes back has the same cookie, and finds the cart", async () => {
  const { end, said } = await walk([
    ...TO_CART,
    { kind: "leave" },
    { kind: "land", on: "cart" },
    ...pays().slice(TO_CART.length),
  ]);

  expect(said).toEqual(["cart", "left", "back"]);
  expect(end).toBe("bought");
  expect(new Set(running.seen.map(({ headers }) => headers.cookie))).toEqual(new Set([undefined, "sid=s1"]));
});

test("a search goes through the form, its next page through the link", async () => {
  await walk([{ kind: "land", on: "home" }, { kind: "search", words: "wool & oak" }, { kind: "nextPage" }]);

  expect(running.paths("GET")).toEqual(["/", "/search?q=wool+%26+oak", "/search?q=a&page=2"]);
});

test("what was put into the cart can be taken out of it", async () => {
  await walk([...TO_CART, { kind: "remove", rank: 0 }, { kind: "checkout" }]);

  expect(running.paths("POST")).toEqual(["/cart", "/cart/remove"]);
  expect(running.paths("GET").slice(-2)).toEqual(["/checkout", "/cart"]); // nothing to pay for
});

test.each([
  ["another card is tried", [DECLINED, GOOD], "bought", 2],
  ["without another the person leaves", [DECLINED], "declined", 1],
] as const)("a card is declined: %s", async (_, cards, expected, submitted) => {
  const { end } = await walk(pays({ cards }));

  expect([end, posts("/checkout")]).toEqual([expected, submitted]);
});

test.each(["card", "email"] as const)("a mistyped %s is corrected when the shop says so", async (typo) => {
  const { end } = await walk(pays({ typo }));

  expect([end, posts("/checkout")]).toEqual(["bought", 2]);
});

test("a form is sent once: neither an error nor a lost connection sends it again by itself", async () => {
  const fault: Fault = ({ method, path }, response) => {
    if (method === "POST" && path === "/checkout") response.destroy();
    return response.destroyed;
  };

  const { end, said } = await walk(pays(), { fault });

  expect([end, posts("/checkout")]).toEqual(["failed", 1]);
  expect(said.at(-1)).toStartWith("POST /checkout broke: the connection was");
});

test("who tries again after an error sends the form again, as often as their plan says", async () => {
  const fault: Fault = ({ method, path }, response) => {
    if (method !== "POST" || path !== "/checkout") return false;
    response.writeHead(503).end();
    return true;
  };

  const { end, said } = await walk(pays(), { fault, temper: { ...PATIENT, retries: 2 } });

  expect([end, posts("/checkout")]).toEqual(["failed", 3]);
  expect(said.filter((reason) => reason === "POST /checkout answered 503")).toHaveLength(3);
});

test("a double click sends the form a second time when the first has not been answered, and gives up the first", async () => {
  let held = 0;
  const fault: Fault = ({ method, path }) => method === "POST" && path === "/checkout" && ++held === 1;

  const { end } = await walk(pays({ doubleClickMs: 30 }), { fault });

  expect([end, posts("/checkout")]).toEqual(["bought", 2]);
});

test("a double click comes too late when the answer is there", async () => {
  const { end } = await walk(pays({ doubleClickMs: 10_000 }));

  expect([end, posts("/checkout")]).toEqual(["bought", 1]);
});

test("a person leaves when a page takes longer than their patience", async () => {
  const fault: Fault = ({ path }) => path.startsWith("/product/");

  const { end, said } = await walk(pays(), { fault, temper: { ...PATIENT, patienceMs: 100, retries: 5 } });

  expect(end).toBe("impatient");
  expect(said).toEqual(["GET /product/… took longer than their patience"]);
});

test("a page that failed is loaded again, and the visit goes on", async () => {
  let failures = 0;
  const fault: Fault = ({ path }, response) => {
    if (!path.startsWith("/product/") || ++failures > 1) return false;
    response.writeHead(500).end("sorry");
    return true;
  };

  const { end, said } = await walk(pays(), { fault, temper: { ...PATIENT, retries: 1 } });

  expect(end).toBe("bought");
  expect(said).toEqual(["GET /product/… answered 500", "cart"]);
});

test("what is sold out meanwhile ends the visit", async () => {
  const fault: Fault = ({ method, path }, response) => {
    if (method !== "POST" || path !== "/checkout") return false;
    response.writeHead(409).end("sold out");
    return true;
  };

  expect((await walk(pays(), { fault })).end).toBe("soldOut");
});

test("the shop restarts during a visit: it goes on over new connections", async () => {
  let restarted: Promise<Shop> | undefined;
  const fault: Fault = ({ path }) => {
    if (path !== "/product/mug") return false;
    restarted = running.stop().then(() => eventually(() => testShop({ port: running.origin.port })));
    return true; // never answered: the connection ends with the shop
  };

  const { end } = await walk(pays(), { fault, temper: { ...PATIENT, retries: 10_000 } });
  running = await restarted!;

  expect(end).toBe("bought");
  expect(running.paths("GET")).toContain("/order/s1");
});

// The shop with a fault that costs purchases, deployed as the fault does it: who it strikes does not buy, others do.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "../../src/base/random.ts";
import { originOf } from "../shoppers/net/client.ts";
import type { Device } from "../shoppers/plan/devices.ts";
import type { Person, Temper } from "../shoppers/plan/person.ts";
import { browser } from "../shoppers/walk/browser.ts";
import { type SearchIndex, searchIndex } from "../shoppers/walk/search-index.ts";
import { type End, shop as visit } from "../shoppers/walk/shopper.ts";
import { type Shop, startShop } from "../testing.ts";
import { faultNamed } from "./catalogue.ts";
import type { Draw, Scene } from "./fault.ts";
import type { Hands } from "./hands.ts";
import { output } from "./shop.ts";

const DEMO = join(import.meta.dir, "..");
const products = readFileSync(join(DEMO, "services", "catalog", "products.tsv"), "utf8")
  .split("\n")
  .flatMap((line, at) => (at > 0 && line.split("\t")[1]) || []);
const workload = (service: string, number: number) => {
  return { id: `${service}-${number}`, service, version: "1", pid: 1, meshPid: 1 };
};
const scene: Scene = { workloads: [workload("web", 1), workload("web", 2)], cores: () => 0, products };

const FIBRE = { name: "fibre", rttMs: 0, down: 12_500, up: 5_000 } as const;
const SLOW = { name: "4g", rttMs: 60, down: 1_125, up: 500 } as const;
const DEVICE: Device = {
  ...{ class: "desktop", engine: "webkit", userAgent: "Safari", language: "en", hints: {}, pace: FIBRE },
  imagesInView: 0,
};
const TEMPER: Temper = { patienceMs: 4_000, retries: 0, retryMs: 1, dearest: 100 };

type Who = {
  readonly device?: Partial<Device>;
  readonly temper?: Partial<Temper>;
  readonly coupon?: string;
  readonly product?: string;
  /** which of the shop's two storefronts serves them */
  readonly web?: string;
};
type Row = { readonly struck: (draw: Draw) => Who; readonly spared: Who; readonly end: End; readonly said: string };

const ROWS: Record<string, Row> = {
  "coupon-timeouts": {
    struck: () => ({ coupon: "WELCOME" }),
    spared: {},
    end: "impatient",
    said: "POST /checkout took longer than their patience",
  },
  "login-loop": {
    struck: () => ({ device: { engine: "chromium" } }),
    spared: {},
    end: "failed",
    said: "GET /checkout broke: too many redirects",
  },
  "silent-add": {
    struck: ({ causes }) => ({ product: / ([a-z-]+),/.exec(causes[0]?.what ?? "")?.[1] ?? "" }),
    spared: {},
    end: "failed",
    said: "POST /cart left the cart empty",
  },
  "stale-replica": {
    struck: () => ({ web: "web-3" }),
    spared: { web: "web-4" },
    end: "failed",
    said: "POST /cart left the cart empty",
  },
  "slow-networks": {
    struck: () => ({ device: { pace: SLOW } }),
    spared: {},
    end: "failed",
    said: "POST /checkout answered 408",
  },
  "shipping-late": { struck: () => ({ temper: { dearest: 1.01 } }), spared: {}, end: "dear", said: "" },
};

let folder: string;
const running: Shop[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "losses-"));
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((one) => one.stop()));
  rmSync(folder, { recursive: true, force: true });
}, 20_000);

/** @param name of the folder with its data */
async function open(name: string, code: string | undefined, { web = "" }: Who): Promise<Shop> {
  const shop = await startShop(join(folder, name), { web: { HOSTNAME: web } }, code);
  running.push(shop);
  return shop;
}

/** Begins a fault of a shop that has its files and its data there. @returns what takes it back */
async function begin(draw: Draw, { files = "", data = "" }): Promise<readonly (readonly string[])[]> {
  const undo: (readonly string[])[] = [];
  const shop = { ...{ project: "shop", files, data, url: "", command: "" }, workloads: async () => [] };
  const hands: Hands = {
    shop: { ...shop, meshwise: async () => "" },
    async act({ run }, does) {
      undo.unshift(run);
      await does();
    },
    beside: () => {},
  };
  await draw.begin(hands);
  return undo;
}

/** the code of the shop once the fault has been deployed */
async function deployed(draw: Draw): Promise<string> {
  const files = join(folder, "files");
  for (const name of ["compose.yaml", "services"]) cpSync(join(DEMO, name), join(files, name), { recursive: true });
  await begin(draw, { files, data: folder });
  return join(files, "services");
}

/** Sends a person for one product, who wants to buy it. */
async function send(
  { url }: Shop,
  { device = {}, temper = {}, coupon = "", product = "letter-box" }: Who,
  index: SearchIndex,
) {
  const origin = originOf(url);
  const has = { ...DEVICE, ...device };
  const buyer = { name: "Ada Evans", email: "ada@example.com", address: "Mill Lane 1, Bath", country: "FR" };
  const steps = [
    { kind: "landOnProduct", rank: 0, referrer: "https://www.bing.com/" },
    { kind: "add", quantity: 1 },
    { kind: "checkout" },
    { kind: "pay", cards: ["4242424242424242"], shippingRank: 0, coupon, correctMs: 0 },
  ] as const;
  const person: Person = {
    ...{ kind: "person", number: 1, atMs: 0, intent: "look", device: has, address: "127.20.0.1", buyer, stayMs: 0 },
    ...{ temper: { ...TEMPER, ...temper }, steps: steps.map((step) => ({ ...step, thinkMs: 0 })) },
  };
  index.learn([`/product/${product}`]);
  const said: string[] = [];
  const ignore = () => {};
  const watch = { page: ignore, request: ignore, assetFailed: ignore };
  const end = await visit(person, {
    ...{ origin: `http://${origin.authority}`, browser: browser(origin, person.address, has, watch), index },
    notes: { cartMade: ignore, error: (reason) => said.push(reason), left: ignore, cameBack: ignore },
  });
  return [end, said.join()];
}

test.each(Object.entries(ROWS))(
  "%s: who it strikes does not buy, as they did before, and others do",
  async (name, { struck, spared, end, said }) => {
    const draw = faultNamed(name)!.draw(seededRandom(1), scene);
    const who = struck(draw);
    const index = searchIndex();

    const before = await send(await open("before", undefined, who), who, index);
    const code = await deployed(draw);
    const broken = await open("broken", code, who);
    const after = await send(broken, who, index);
    const other = await send(spared.web ? await open("other", code, spared) : broken, spared, searchIndex());

    expect([before, after, other]).toEqual([
      ["bought", ""],
      [end, said],
      ["bought", ""],
    ]);
  },
  60_000,
);

test("price-raised: who compares prices does not buy until they are as they were, and others do", async () => {
  const draw = faultNamed("price-raised")!.draw(seededRandom(1), scene);
  const compares: Who = { temper: { dearest: 1.2 } };
  const index = searchIndex();
  const shop = await open("shop", undefined, {});

  const before = await send(shop, compares, index);
  const undo = await begin(draw, { data: join(folder, "shop") });
  const raised = [await send(shop, compares, index), await send(shop, {}, index)];
  for (const command of undo) await output(command);
  const after = await send(shop, compares, index);

  expect([before, ...raised, after].map(([end]) => end)).toEqual(["bought", "looked", "bought", "bought"]);
}, 60_000);

// Faults of those who come.
import { join } from "node:path";
import { between, pick, whole } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { sendShoppers } from "../means/crowd.ts";

const CLIENTS = join(import.meta.dir, "..", "clients");

const surge: Fault = {
  name: "surge",
  summary: "many more people than usual",
  needs: [],
  draw(random) {
    const [rate, seed] = [Math.round(between(random, 25, 45)), whole(random, 1, 1_000_000)];
    return {
      causes: [
        { classes: ["load"], subject: { service: "web" }, what: `${rate} new visitors a second more than usual` },
      ],
      symptom: { service: "web", metric: "latency" },
      begin: async (hands) => sendShoppers(hands, { rate, seed, bots: 0.05 }),
    };
  },
};

const bots: Fault = {
  name: "bots",
  summary: "many programs that read the shop's pages",
  needs: [],
  draw(random) {
    const [rate, seed] = [whole(random, 12, 20), whole(random, 1, 1_000_000)];
    return {
      causes: [
        { classes: ["load", "client"], subject: { service: "web" }, what: `${rate} bots a second, many pages each` },
      ],
      symptom: { service: "web", metric: "latency" },
      begin: async (hands) => sendShoppers(hands, { rate: rate * 0.02, bots: 0.98, seed }),
    };
  },
};

const mix: Fault = {
  name: "expensive-route",
  summary: "somebody asks for the most expensive kind of page, and for nothing else",
  needs: [],
  draw(random, { products }) {
    const rate = whole(random, 80, 140);
    const route = pick(random, ["/product/", "/category/"]);
    const paths =
      route === "/product/"
        ? products.map((product) => `/product/${product}`)
        : ["kitchen", "table", "light", "garden"].map((category) => `/category/${category}`);
    return {
      causes: [
        {
          classes: ["load", "client"],
          subject: { service: "web", route: `GET ${route}{id}` },
          what: `${rate} requests a second for ${route}… alone`,
        },
      ],
      symptom: { service: "web", metric: "latency" },
      begin: async (hands) =>
        hands.beside([process.execPath, join(CLIENTS, "visits.ts"), hands.shop.url, String(rate), ...paths]),
    };
  },
};

const largePayloads: Fault = {
  name: "large-payloads",
  summary: "one client inside the mesh sends requests far larger than anybody else's",
  needs: [],
  draw(random) {
    const [hands_, lines] = [whole(random, 4, 8), whole(random, 80, 100)];
    return {
      causes: [
        {
          classes: ["client", "load"],
          subject: { service: "orders", route: "POST /orders" },
          what: `${hands_} hands of an import write orders of ${lines} lines`,
        },
      ],
      symptom: { service: "orders", metric: "latency" },
      async begin(hands) {
        const client = [
          process.execPath,
          join(CLIENTS, "import.ts"),
          "http://orders:8080",
          String(hands_),
          String(lines),
        ];
        hands.beside([hands.shop.command, "-p", hands.shop.project, "run", "--", ...client]);
      },
    };
  },
};

export const load: readonly Fault[] = [surge, bots, mix, largePayloads];

// Faults that cost purchases, and nothings that cost none: what `meshwise funnel why` should say of each stands in answers.yaml.
import type { Random } from "../../../src/base/random.ts";
import { pick, whole } from "../draw.ts";
import type { CauseClass, Fault, Scene } from "../fault.ts";
import { sendShoppers } from "../means/crowd.ts";
import { tellDatabase } from "../means/database.ts";
import { configure, deploy } from "../means/deploy.ts";
import { type Version, version } from "../versions.ts";

type Loss = {
  readonly name: string;
  readonly summary: string;
  readonly metric: "latency" | "errors";
  readonly alsoRight?: readonly CauseClass[];
  readonly release: (random: Random, scene: Scene) => Version;
};

function loss({ name, summary, metric, alsoRight = [], release }: Loss): Fault {
  return {
    name,
    summary,
    needs: [],
    draw(random, scene) {
      const made = release(random, scene);
      const { service, version, what } = made;
      return {
        causes: [{ classes: ["deployment", ...alsoRight], subject: { service, version }, what }],
        symptom: { service, metric },
        begin: (hands) => deploy(hands, [made]),
      };
    },
  };
}

/** Decisions of the shop's owner: all works as it was meant, and fewer buy. */
const priceRaised: Fault = {
  name: "price-raised",
  summary: "everything costs more than it did",
  needs: ["network"],
  draw(random, scene) {
    const percent = whole(random, 130, 160);
    const sql = `CREATE TABLE prices_before AS SELECT id, cents FROM products; UPDATE products SET cents = cents * ${percent} / 100`;
    const undo =
      "UPDATE products SET cents = (SELECT cents FROM prices_before WHERE id = products.id); DROP TABLE prices_before";
    return { causes: [], begin: (hands) => tellDatabase(hands, scene, "catalog", { sql, undo }) };
  },
};

const shippingLate: Fault = {
  name: "shipping-late",
  summary: "what delivery costs is said when everything has been typed",
  needs: [],
  draw() {
    const made = version("web", "2.11.0", "shipping-late", "says at the very end what delivery costs");
    const { service, version: number, what } = made;
    return {
      causes: [],
      decoys: [{ classes: ["deployment"], subject: { service, version: number }, what }],
      begin: (hands) => deploy(hands, [made]),
    };
  },
};

/** People look at the first ones most; a third of them is enough to be felt. */
function popular(random: Random, { products }: Scene): string {
  const first = whole(random, 0, 2);
  return products.filter((_, at) => at < 24 && at % 3 === first).join(",");
}

const deliveryAway: Fault = {
  name: "delivery-away",
  summary: "many questions for a delivery are refused, so that there is no checkout",
  needs: [],
  draw(random) {
    const percent = whole(random, 60, 90);
    return {
      causes: [
        {
          classes: ["configuration", "dependency"],
          subject: { service: "shipping" },
          what: `${percent} % of what shipping is asked for deliveries is answered 503`,
        },
      ],
      symptom: { service: "web", metric: "errors" },
      begin: (hands) =>
        configure(hands, (objects) => {
          objects.push({
            apiVersion: "meshwise.dev/v1alpha1",
            kind: "TrafficPolicy",
            metadata: { name: "shipping" },
            spec: {
              targetRefs: [{ group: "", kind: "Service", name: "shipping" }],
              faults: [{ name: "away", percent, abort: { status: 503 } }],
            },
          });
        }),
    };
  },
};

/** Nothing is wrong with the shop: others come than before. */
const onlyLooking: Fault = {
  name: "only-looking",
  summary: "a campaign brings people who look at a product and go",
  needs: [],
  draw(random) {
    const [rate, seed] = [whole(random, 5, 8), whole(random, 1, 1_000_000)];
    return { causes: [], begin: async (hands) => sendShoppers(hands, { rate, seed, bots: 0, intent: "glance" }) };
  },
};

export const losses: readonly Fault[] = [
  loss({
    name: "slow-scoring",
    summary: "a new version of the checkout takes seconds for each purchase",
    metric: "latency",
    release(random) {
      const ms = whole(random, 5_000, 8_000); // few lose patience before
      return version("checkout", "3.2.0", "slow-scoring", `scores each purchase first, which takes ${ms} ms`, { ms });
    },
  }),
  loss({
    name: "one-network-less",
    summary: "cards of one network are declined",
    metric: "errors",
    alsoRight: ["dependency"],
    release(random) {
      const network = pick(random, ["4", "5"]);
      return version("payment", "1.9.0", "one-network-less", `declines cards that begin with ${network}`, { network });
    },
  }),
  loss({
    name: "one-product-refused",
    summary: "certain products cannot be put into the cart",
    metric: "errors",
    release(random, scene) {
      const products = popular(random, scene);
      return version("cart", "2.4.0", "one-product-refused", `refuses ${products}`, { products });
    },
  }),
  loss({
    name: "checkout-in-a-circle",
    summary: "the checkout leads some people in a circle",
    metric: "errors",
    release(random) {
      const sessions = pick(random, ["01234567", "89abcdef"]);
      return version("web", "2.6.0", "checkout-in-a-circle", `leads half of them in a circle (${sessions})`, {
        sessions,
      });
    },
  }),
  loss({
    name: "never-refilled",
    summary: "what many want is sold out",
    metric: "errors",
    release(random, scene) {
      const products = popular(random, scene);
      return version("inventory", "1.7.0", "never-refilled", `has no more of ${products}`, { products });
    },
  }),
  loss({
    name: "slow-pictures",
    summary: "pages of some products take seconds",
    metric: "latency",
    release: (random, scene) => {
      // few lose patience before
      const drawn = { products: popular(random, scene), ms: whole(random, 6_000, 9_000) };
      return version("web", "2.7.0", "slow-pictures", `scales pictures for ${drawn.ms} ms while somebody waits`, drawn);
    },
  }),
  loss({
    name: "coupon-timeouts",
    summary: "coupons are asked for at a partner who does not answer",
    metric: "latency",
    alsoRight: ["dependency"],
    release(random) {
      const seconds = whole(random, 9, 15);
      const what = `waits ${seconds} s for a partner who does not answer; nobody waits so long for coupons`;
      return version("coupons", "1.1.0", "coupon-timeouts", what, { seconds });
    },
  }),
  loss({
    name: "login-loop",
    summary: "the checkout asks some people to sign in again and again, for their browser keeps no cookie of it",
    metric: "errors",
    release() {
      const what = "sets a cookie with SameSite=None and without Secure, which Chromium does not take";
      return version("web", "2.8.0", "login-loop", what);
    },
  }),
  loss({
    name: "silent-add",
    summary: "certain products do not get into the cart, and nobody is told",
    metric: "errors",
    release(random, scene) {
      const products = popular(random, scene);
      return version("cart", "2.5.0", "silent-add", `says it has taken what it has not: ${products}`, { products });
    },
  }),
  loss({
    name: "stale-replica",
    summary: "one of several replicas shows carts as they were a while ago",
    metric: "errors",
    release(random) {
      // a deployment gives its replicas other numbers: web-1 and web-2 become web-3 and web-4
      const seconds = whole(random, 60, 120);
      const what = `shows carts as they were ${seconds} s ago, at the one of two replicas whose number is odd`;
      return version("web", "2.9.0", "stale-replica", what, { seconds });
    },
  }),
  loss({
    name: "slow-networks",
    summary: "forms have become large and may not take long, which they do on slow networks of clients",
    metric: "errors",
    alsoRight: ["client", "network"],
    release(random) {
      const [kilobytes, ms] = [whole(random, 200, 240), whole(random, 280, 350)];
      const what = `sends forms of ${kilobytes} kB to and fro, and gives them ${ms} ms`;
      return version("web", "2.10.0", "slow-networks", what, { kilobytes, ms });
    },
  }),
  priceRaised,
  shippingLate,
  deliveryAway,
  onlyLooking,
];

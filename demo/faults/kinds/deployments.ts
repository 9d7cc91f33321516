// Faults in new versions: real code, deployed as a person would.

import type { Random } from "../../../src/base/random.ts";
import { pick, whole } from "../draw.ts";
import type { CauseClass, Draw, Fault, Scene } from "../fault.ts";
import { deploy } from "../means/deploy.ts";
import { type Version, version } from "../versions.ts";

type Mistake = {
  readonly name: string;
  readonly summary: string;
  /** what else it may be called: what the mistake does */
  readonly alsoRight?: readonly CauseClass[];
  readonly metric?: "latency" | "errors";
  readonly release: (random: Random, scene: Scene) => Version;
};

function mistake({ name, summary, alsoRight = [], metric = "latency", release }: Mistake): Fault {
  return {
    name,
    summary,
    needs: [],
    draw(random, scene): Draw {
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

export const deployments: readonly Fault[] = [
  mistake({
    name: "n-plus-one",
    summary: "a new version asks once for each thing instead of once for all",
    release: () =>
      version("web", "2.5.0", "stock-in-lists", "asks for the stock of each product in a list, one by one"),
  }),
  mistake({
    name: "busy-loop",
    summary: "a new version computes for long when one product is looked at",
    alsoRight: ["compute"],
    release(random, { products }) {
      // among the first ones, at which people look most
      const product = pick(random, products.slice(0, 12));
      const drawn = { product, buyers: whole(random, 1, 3) * 1_000_000 };
      return version("catalog", "3.1.0", "promotion", `computes a price for ${product} at each look`, drawn);
    },
  }),
  mistake({
    name: "garbage",
    summary: "a new version makes so many objects that collecting them takes its time",
    alsoRight: ["compute", "memory"],
    release: (random) => {
      const drawn = { seconds: whole(random, 4, 9) * 20_000 };
      return version("cart", "2.3.0", "history-of-carts", `keeps ${drawn.seconds} objects for each item seen`, drawn);
    },
  }),
  mistake({
    name: "lock-convoy",
    summary: "a new version holds a lock while it asks others",
    alsoRight: ["unexplained"],
    release: () =>
      version("recommendations", "0.9.5", "neighbours-under-lock", "looks five products up under one lock"),
  }),
  mistake({
    name: "small-pool",
    summary: "a new version has a pool of connections that is too small",
    alsoRight: ["saturation"],
    release: () => version("web", "2.4.1", "one-line-out", "calls everybody over three connections, nobody over two"),
  }),
  mistake({
    name: "cold-cache",
    summary: "a new version never finds what it has remembered",
    release: () => version("recommendations", "0.9.5", "key-with-time", "remembers everything under the time of day"),
  }),
  mistake({
    name: "connection-churn",
    summary: "a new version opens a connection for each call",
    release: () => version("web", "2.4.1", "a-line-per-call", "keeps no connection"),
  }),
  mistake({
    name: "poison-input",
    summary: "a new version fails for one country",
    metric: "errors",
    release(random) {
      const country = pick(random, ["FR", "GB", "NL", "ES", "SE", "US"]);
      return version("shipping", "1.2.0", "surcharges", `fails for ${country}`, { country });
    },
  }),
];

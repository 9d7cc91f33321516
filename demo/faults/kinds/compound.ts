// More than one thing at a time, of which not all need be guilty.
import type { Random } from "../../../src/base/random.ts";
import { pick, whole } from "../draw.ts";
import type { Cause, Draw, Fault, Scene } from "../fault.ts";
import { deploy, type Release } from "../means/deploy.ts";
import { cpuLimit } from "./compute.ts";
import { packetLoss } from "./network.ts";
import { badReplica } from "./replicas.ts";

/** those that no change tells of */
const SILENT = [cpuLimit, packetLoss, badReplica] as const;
const NEEDS = [...new Set(SILENT.flatMap(({ needs }) => needs))];

const services = ({ causes }: Draw) => causes.map(({ subject }) => subject.service);

/** Draws until it strikes another service than these. */
function elsewhere(random: Random, scene: Scene, faults: readonly Fault[], taken: readonly string[]): Draw {
  for (;;) {
    const draw = pick(random, faults).draw(random, scene);
    if (!services(draw).some((service) => taken.includes(service))) return draw;
  }
}

const twoCauses: Fault = {
  name: "two-causes",
  summary: "two faults at once, at two services",
  needs: NEEDS,
  draw(random, scene) {
    const first = pick(random, SILENT).draw(random, scene);
    const second = elsewhere(random, scene, SILENT, services(first));
    return {
      causes: [...first.causes, ...second.causes],
      symptom: { service: "web", metric: "latency" },
      async begin(hands) {
        await first.begin(hands);
        await second.begin(hands);
      },
    };
  },
};

type Innocent = { readonly cause: Cause; readonly release: Release };

/** New versions in which nothing is wrong: a word in a comment has changed. */
const INNOCENTS = [
  { service: "orders", version: "1.8.1", file: "orders/order.ts" },
  { service: "shipping", version: "1.1.1", file: "shipping/tariff.py" },
  { service: "inventory", version: "1.3.6", file: "inventory/items.ts" },
  { service: "checkout", version: "4.1.1", file: "checkout/undo.ts" },
] as const;

function innocent(random: Random, taken: readonly string[]): Innocent {
  const { service, version, file } = pick(
    random,
    INNOCENTS.filter((one) => !taken.includes(one.service)),
  );
  const comment = file.endsWith(".py") ? "# reviewed\n" : "// reviewed\n";
  const what = `${service} ${version} does what it did before`;
  return {
    cause: { classes: ["deployment"], subject: { service, version }, what },
    release: { service, version, append: { file, text: comment } },
  };
}

const decoy: Fault = {
  name: "decoy",
  summary: "a new version in which nothing is wrong, at the time when something else goes wrong",
  needs: NEEDS,
  draw(random, scene) {
    const guilty = pick(random, SILENT).draw(random, scene);
    const { cause, release } = innocent(random, services(guilty));
    return {
      causes: guilty.causes,
      decoys: [cause],
      symptom: { service: "web", metric: "latency" },
      // before, because a culprit that came first could not be it
      prepare: (hands) => deploy(hands, [release]),
      begin: guilty.begin,
    };
  },
};

const innocentDeployment: Fault = {
  name: "innocent-deployment",
  summary: "a new version in which nothing is wrong, and nothing else",
  needs: [],
  draw(random) {
    const count = whole(random, 1, 2);
    const first = innocent(random, []);
    const both = count === 1 ? [first] : [first, innocent(random, [first.release.service])];
    return {
      causes: [],
      decoys: both.map(({ cause }) => cause),
      begin: (hands) =>
        deploy(
          hands,
          both.map(({ release }) => release),
        ),
    };
  },
};

export const compound: readonly Fault[] = [twoCauses, decoy, innocentDeployment];

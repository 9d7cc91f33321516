// What is no fault: an answer to it must be that nothing is wrong.
import { pick } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { scale } from "../means/deploy.ts";

/** those that have two replicas and any number would do for */
const SCALABLE = ["web", "catalog", "cart"] as const;

const innocentScaling: Fault = {
  name: "innocent-scaling",
  summary: "a service gets one replica more than it needs, and nothing else",
  needs: [],
  draw(random) {
    const service = pick(random, SCALABLE);
    return { causes: [], begin: (hands) => scale(hands, service, 3) };
  },
};

const nothing: Fault = {
  name: "nothing",
  summary: "nothing at all",
  needs: [],
  draw: () => ({ causes: [], begin: async () => {} }),
};

export const quiet: readonly Fault[] = [innocentScaling, nothing];

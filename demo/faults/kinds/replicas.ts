// Faults of one replica, or of one version beside another.
import { between, whole, workloadOf } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { configure, deploy } from "../means/deploy.ts";
import { stutter } from "../means/process.ts";
import { version } from "../versions.ts";

export const badReplica: Fault = {
  name: "bad-replica",
  summary: "one of several replicas stands still again and again",
  needs: [],
  draw(random, scene) {
    const workload = workloadOf(random, scene, ["web", "catalog", "cart"]);
    const still = whole(random, 5, 12) * 100;
    const go = whole(random, 4, 10) * 100;
    const { id, service } = workload;
    return {
      causes: [
        {
          classes: ["compute", "unexplained"],
          subject: { service, workload: id },
          what: `${id} stands still for ${still} ms after every ${go} ms`,
        },
      ],
      symptom: { service, metric: "latency" },
      begin: (hands) => stutter(hands, workload, still, go),
    };
  },
};

const badCanary: Fault = {
  name: "bad-canary",
  summary: "a canary gets a new version that is slow, and more of the calls",
  needs: [],
  draw(random) {
    const canary = "recommendations-next";
    const weight = Math.round(between(random, 20, 40));
    const release = version(canary, "1.1.0", "canary-asks-all", "reads everything that is sold, one by one");
    return {
      causes: [{ classes: ["deployment"], subject: { service: canary, version: "1.1.0" }, what: release.what }],
      symptom: { service: "web", metric: "latency" },
      async begin(hands) {
        await deploy(hands, [release]);
        await configure(hands, (objects) => {
          const route = objects.find(
            ({ kind, metadata }) => kind === "HTTPRoute" && metadata.name === "recommendations",
          );
          if (route) route.spec.rules = [{ name: "canary", backendRefs: split(weight) }];
        });
      },
    };
  },
};

/** a weight for the canary, the rest for the one that is */
export function split(weight: number) {
  return [
    { name: "recommendations", port: 8080, weight: 100 - weight },
    { name: "recommendations-next", port: 8080, weight },
  ];
}

export const replicas: readonly Fault[] = [badReplica, badCanary];

// Faults of what somebody wrote into the mesh's configuration. They are changes by nature, and the mesh tells of them.
import { between, pick, whole } from "../draw.ts";
import { type CauseClass, type Fault, only } from "../fault.ts";
import { limitCpu } from "../means/cgroup.ts";
import { configure, type MeshObject } from "../means/deploy.ts";
import { split } from "./replicas.ts";

const policy = (service: string, spec: Record<string, unknown>): MeshObject => ({
  apiVersion: "meshwise.dev/v1alpha1",
  kind: "TrafficPolicy",
  metadata: { name: service },
  spec: { targetRefs: [{ group: "", kind: "Service", name: service }], ...spec },
});

type Written = { readonly service: string; readonly spec: Record<string, unknown>; readonly what: string };

/** A TrafficPolicy that should not be. */
function badPolicy(
  name: string,
  summary: string,
  alsoRight: readonly CauseClass[],
  write: (random: Parameters<Fault["draw"]>[0]) => Written,
): Fault {
  return {
    name,
    summary,
    needs: [],
    draw(random) {
      const { service, spec, what } = write(random);
      return {
        causes: [{ classes: ["configuration", ...alsoRight], subject: { service }, what }],
        symptom: { service, metric: "errors" },
        begin: (hands) => configure(hands, (objects) => void objects.push(policy(service, spec))),
      };
    },
  };
}

const shortTimeout = badPolicy(
  "short-timeout",
  "a time limit that is shorter than what the service takes",
  [],
  (random) => {
    const service = pick(random, ["checkout", "payment"]);
    const ms = Math.round(service === "payment" ? between(random, 30, 55) : between(random, 60, 110));
    return { service, spec: { timeouts: { request: `${ms}ms` } }, what: `calls of ${service} may take ${ms} ms` };
  },
);

const retryStorm = badPolicy(
  "retry-storm",
  "tries that are too short, and as many of them as anybody likes",
  [],
  (random) => {
    const service = pick(random, ["catalog", "inventory"]);
    const attempts = whole(random, 4, 8);
    const retries = {
      on: ["Timeout", "5xx", "Reset"],
      attempts,
      perTry: "1ms", // of 2 or 3 hardly any try takes longer when the host has room
      backoff: "1ms",
      budgetPercent: 100,
      budgetPerSecond: 1000,
    };
    return {
      service,
      spec: { retries },
      what: `a try of ${service} may take 1 ms, and there are ${attempts} more`,
    };
  },
);

const tightLimit = badPolicy(
  "tight-limit",
  "a limit of requests a second below what comes",
  ["saturation"],
  (random) => {
    const service = pick(random, ["catalog", "inventory", "cart"]);
    const requests = whole(random, 1, 2);
    const rateLimits = [{ name: "fair-use", by: { type: "All" }, requests, per: "1s" }];
    return { service, spec: { rateLimits }, what: `${service} takes ${requests} requests a second` };
  },
);

const tightBreaker = badPolicy(
  "tight-breaker",
  "a circuit breaker that lets too few requests be under way",
  ["saturation"],
  (random) => {
    const service = pick(random, ["web", "catalog"]);
    return {
      service,
      spec: { circuitBreaking: { maxRequests: 1 } },
      what: `one request of ${service} may be under way`,
    };
  },
);

const wrongWeight: Fault = {
  name: "wrong-weight",
  summary: "a canary that is sized for a tenth of the calls gets nearly all of them",
  needs: ["cpuLimit"],
  draw(random, scene) {
    const weight = whole(random, 90, 100);
    const canary = only(scene, "recommendations-next");
    const what = `${weight} % of the calls of recommendations go to recommendations-next, which can bear a fifth of that`;
    return {
      causes: [{ classes: ["configuration", "saturation"], subject: { service: "recommendations-next" }, what }],
      symptom: { service: "web", metric: "latency" },
      prepare: (hands) => limitCpu(hands, canary, Math.max(2 * scene.cores(canary), 0.005)),
      begin: (hands) =>
        configure(hands, (objects) => {
          const route = objects.find(
            ({ kind, metadata }) => kind === "HTTPRoute" && metadata.name === "recommendations",
          );
          if (route) route.spec.rules = [{ name: "canary", backendRefs: split(weight) }];
        }),
    };
  },
};

export const configuration: readonly Fault[] = [shortTimeout, retryStorm, tightLimit, tightBreaker, wrongWeight];

// Faults of a processor: too little of it, or somebody else on it.
import { availableParallelism } from "node:os";
import { between, whole, workloadOf } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { limitCpu } from "../means/cgroup.ts";

/** those with one replica: of two the balancer avoids the slow one so well that nobody feels it */
const ALONE = ["inventory", "recommendations", "orders", "search"] as const;

export const cpuLimit: Fault = {
  name: "cpu-limit",
  summary: "one workload gets less CPU than it needs",
  needs: ["cpuLimit"],
  draw(random, scene) {
    const workload = workloadOf(random, scene, ALONE);
    const share = between(random, 0.2, 0.5);
    const { id, service } = workload;
    const what = `${id} may use ${Math.round(share * 100)} % of the CPU time that it needs`;
    return {
      causes: [{ classes: ["compute"], subject: { service, workload: id }, what }],
      symptom: { service, metric: "latency" },
      begin: (hands) => limitCpu(hands, workload, share * scene.cores(workload)),
    };
  },
};

const noisyHost: Fault = {
  name: "noisy-host",
  summary: "programs that have nothing to do with the shop keep all processors of the host busy",
  needs: [],
  draw(random) {
    const count = availableParallelism() * whole(random, 3, 5);
    return {
      causes: [
        { classes: ["compute"], subject: { service: "(host)" }, what: `${count} busy programs beside the mesh` },
      ],
      symptom: { service: "web", metric: "latency" },
      async begin(hands) {
        for (let made = 0; made < count; made++) hands.beside(["sh", "-c", "while :; do :; done"]);
      },
    };
  },
};

const farCulprit: Fault = {
  name: "loud-victim",
  summary: "far behind the service that everybody complains about, another one starves",
  needs: ["cpuLimit"],
  draw(random, scene) {
    const services = scene.workloads.map((one) => one.service);
    const workload = workloadOf(
      random,
      scene,
      ["redis", "postgres"].filter((one) => services.includes(one)),
    );
    const { id, service } = workload;
    const share = between(random, 0.4, 0.7);
    const what = `${id} may use ${Math.round(share * 100)} % of the CPU time that it needs; the complaints are about web`;
    return {
      causes: [{ classes: ["compute"], subject: { service, workload: id }, what }],
      symptom: { service: "web", metric: "latency" },
      begin: (hands) => limitCpu(hands, workload, share * scene.cores(workload)),
    };
  },
};

export const compute: readonly Fault[] = [cpuLimit, noisyHost, farCulprit];

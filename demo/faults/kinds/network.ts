// Faults of the line between a workload and the others.
import { between, workloadOf } from "../draw.ts";
import type { Fault } from "../fault.ts";
import { losePackets, loseQuestions, narrow, resetConnections } from "../means/network.ts";

/** those with one replica: of two the balancer avoids the one that is slow */
const ALONE = ["inventory", "recommendations", "orders", "search"] as const;

export const packetLoss: Fault = {
  name: "packet-loss",
  summary: "a part of one workload's packets is lost",
  needs: ["network", "nft"],
  draw(random, scene) {
    const workload = workloadOf(random, scene, ALONE);
    const share = between(random, 0.08, 0.25);
    const { id, service } = workload;
    const what = `${Math.round(share * 100)} % of the packets of ${id} are lost`;
    return {
      causes: [{ classes: ["network"], subject: { service, workload: id }, what }],
      symptom: { service, metric: "latency" },
      begin: (hands) => losePackets(hands, workload, share),
    };
  },
};

/** bits a second that one workload sends when so many people come as usual: those whose answers are large */
const USED_BITS: Readonly<Record<string, number>> = { web: 1_000_000, catalog: 250_000, recommendations: 150_000 };

const bandwidth: Fault = {
  name: "bandwidth",
  summary: "one workload's line has become narrow",
  needs: ["network", "tc"],
  draw(random, scene) {
    const workload = workloadOf(random, scene, Object.keys(USED_BITS));
    const { id, service } = workload;
    const bits = (USED_BITS[service] as number) * between(random, 0.2, 0.4);
    return {
      causes: [
        {
          classes: ["network"],
          subject: { service, workload: id },
          what: `${id} has ${Math.round(bits / 1000)} kbit/s`,
        },
      ],
      symptom: { service, metric: "latency" },
      begin: (hands) => narrow(hands, workload, bits),
    };
  },
};

const slowDns: Fault = {
  name: "slow-dns",
  summary: "most of one service's questions for names get no answer, so that they are asked again after seconds",
  needs: ["network", "nft"],
  draw(random, scene) {
    // those that open connections for what they ask, and not only now and then
    const { service } = workloadOf(random, scene, ["checkout", "search", "payment"]);
    const share = between(random, 0.6, 0.9);
    const what = `${Math.round(share * 100)} % of the DNS questions of ${service} are lost`;
    return {
      causes: [{ classes: ["dns", "network"], subject: { service }, what }],
      symptom: { service, metric: "latency" },
      async begin(hands) {
        for (const one of scene.workloads) if (one.service === service) await loseQuestions(hands, one, share);
      },
    };
  },
};

const resets: Fault = {
  name: "resets",
  summary: "something on the way resets connections of one workload now and then",
  needs: ["network", "nft"],
  draw(random, scene) {
    // those who are asked to write: what only reads is asked again by the mesh, and nobody notices
    const workload = workloadOf(random, scene, ["checkout", "orders"]);
    const share = between(random, 0.02, 0.06);
    const { id, service } = workload;
    const what = `one in ${Math.round(1 / share)} packets of ${id} is answered with a reset`;
    return {
      causes: [{ classes: ["network"], subject: { service, workload: id }, what }],
      symptom: { service, metric: "errors" },
      begin: (hands) => resetConnections(hands, workload, share),
    };
  },
};

export const network: readonly Fault[] = [packetLoss, bandwidth, slowDns, resets];

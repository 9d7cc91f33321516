// The whole mesh in one sentence: what is wrong, how much of it, and who suffers from it.
import type { Coverage } from "../../model/figures.ts";
import { judgeFailures } from "./failures.ts";
import { isFailing, judgeNodes, type MeshFacts, type NodeHealth, sentencesOf } from "./services.ts";
import { type Health, isTrouble, type ServiceHealth } from "./types.ts";
import { amount, list, percent } from "./words.ts";

export type ReportedFacts = MeshFacts & {
  /** when an agent reported last; absent: never */
  readonly reportedUs?: number;
  readonly coverage: Coverage;
};

export type MeshHealth = {
  readonly health: Health;
  /** each service that is not well, those first that cause it */
  readonly rows: readonly ServiceHealth[];
  readonly nodes: ReadonlyMap<string, NodeHealth>;
};

/** an agent that has been silent for so long tells nothing about now */
const SILENT_US = 10e6;
/** a smaller loss changes no verdict */
const LOSS = 0.01;

export function judgeMesh(facts: ReportedFacts): MeshHealth {
  const nodes = judgeNodes(facts);
  const troubled = [...nodes.values()].filter(({ state }) => isTrouble(state));
  const roots = rootsOf(troubled, nodes);
  const rows = [...troubled].sort(
    (a, b) => Number(b.state === "bad") - Number(a.state === "bad") || place(roots, a) - place(roots, b),
  );
  return {
    nodes,
    rows: rows.map((one) => ({
      service: one.node.name,
      namespace: one.node.namespace,
      state: one.state,
      reasons: sentencesOf(one, nodes),
    })),
    health: sentence(facts, roots, troubled, nodes),
  };
}

function sentence(
  facts: ReportedFacts,
  roots: readonly Root[],
  troubled: readonly NodeHealth[],
  nodes: ReadonlyMap<string, NodeHealth>,
): Health {
  const { nowUs, reportedUs, coverage } = facts;
  if (reportedUs === undefined) {
    return {
      state: "unknown",
      sentence: "Nothing is known yet, because no agent has reported: `meshwise ps` shows what runs.",
    };
  }
  if (nowUs - reportedUs > SILENT_US) {
    const seconds = Math.round((nowUs - reportedUs) / 1e6);
    return {
      state: "unknown",
      sentence: `The agent has not reported for ${seconds} s, so nothing is known of now: \`meshwise check\` says more.`,
    };
  }
  const leader = roots[0];
  if (leader) return { state: leader.cause.state === "bad" ? "bad" : worstOf(troubled), sentence: led(leader, roots) };
  if (1 - coverage.spans > LOSS) {
    const share = Math.floor(coverage.spans * 100);
    return { state: "warning", sentence: `No trouble is seen, but only ${share} % of the exchanges are counted.` };
  }
  return failingItself(nodes) ?? well(nodes, facts);
}

/** What nobody but the mesh is to blame for. */
function failingItself(nodes: ReadonlyMap<string, NodeHealth>): Health | undefined {
  let requests = 0;
  let ours = 0;
  for (const { all } of nodes.values()) {
    requests += all.requests;
    ours += all.ours;
  }
  const state = judgeFailures({ requests, faults: ours });
  if (!isTrouble(state)) return undefined;
  const sentence = `The mesh itself failed ${percent(ours, requests)} of all requests (${ours.toLocaleString("en-US")} of ${requests.toLocaleString("en-US")}): \`meshwise tap --error any\` shows why.`;
  return { state, sentence };
}

function worstOf(troubled: readonly NodeHealth[]): Health["state"] {
  return troubled.some(({ state }) => state === "bad") ? "bad" : "warning";
}

type Root = { readonly cause: NodeHealth; readonly suffering: readonly NodeHealth[] };

/** Those whose trouble is their own, the one first that the others suffer from most. */
function rootsOf(troubled: readonly NodeHealth[], nodes: ReadonlyMap<string, NodeHealth>): Root[] {
  const byRoot = Map.groupBy(troubled, (one) => rootOf(one, nodes));
  return [...byRoot]
    .map(([cause, all]) => ({ cause, suffering: all.filter((one) => one !== cause) }))
    .sort(
      (a, b) =>
        Number(b.cause.state === "bad") - Number(a.cause.state === "bad") ||
        b.suffering.length - a.suffering.length ||
        b.cause.all.faults - a.cause.all.faults,
    );
}

/** Along `because`, as deep as it goes; in a circle the first one that comes again. */
function rootOf(one: NodeHealth, nodes: ReadonlyMap<string, NodeHealth>): NodeHealth {
  const seen = new Set<string>();
  let at = one;
  while (at.because !== undefined && !seen.has(at.node.id)) {
    seen.add(at.node.id);
    at = nodes.get(at.because) ?? at;
  }
  return at;
}

function place(roots: readonly Root[], one: NodeHealth): number {
  const index = roots.findIndex(({ cause, suffering }) => cause === one || suffering.includes(one));
  return index * 2 + (roots[index]?.cause === one ? 0 : 1);
}

/** `payment fails 12 % of its requests (34 of 283), seen by checkout; checkout and web fail because of it.` */
function led({ cause, suffering }: Root, roots: readonly Root[]): string {
  const parts = [subject(cause)];
  if (suffering.length > 0) {
    parts.push(`${list(suffering.map(({ node }) => node.name))} ${verb(suffering)} because of it`);
  }
  const others = roots.slice(1).reduce((sum, root) => sum + 1 + root.suffering.length, 0);
  if (others > 0)
    parts.push(
      `${amount(others, "other")} ${others === 1 ? "has" : "have"} trouble of ${others === 1 ? "its" : "their"} own`,
    );
  return `${parts.join("; ")}.`;
}

function verb(suffering: readonly NodeHealth[]): string {
  const isOne = suffering.length === 1;
  if (suffering.every(isFailing)) return isOne ? "fails" : "fail";
  if (!suffering.some(isFailing)) return isOne ? "is slow" : "are slow";
  return "suffer";
}

function subject({ node, reasons }: NodeHealth): string {
  return `${node.kind === "outside" ? `${node.name} (outside)` : node.name} ${reasons.join(" and ")}`;
}

function well(nodes: ReadonlyMap<string, NodeHealth>, { services }: MeshFacts): Health {
  let requests = 0;
  let faults = 0;
  for (const { all } of nodes.values()) {
    requests += all.requests;
    faults += all.faults;
  }
  if (services.length === 0) {
    return {
      state: "unknown",
      sentence: "The project has no services yet: `meshwise up` starts those of its Compose file.",
    };
  }
  const unknown = [...nodes.values()].filter(({ node, state }) => node.kind === "service" && state === "unknown");
  const seen = services.length - unknown.length;
  if (seen === 0)
    return {
      state: "unknown",
      sentence: "No service has a workload and nothing was called: `meshwise ps` shows what runs.",
    };
  const all =
    unknown.length > 0
      ? `${seen} of ${amount(services.length, "service")}`
      : seen === 1
        ? "The one service"
        : `All ${seen} services`;
  const calls =
    requests === 0
      ? "nothing was called in this time"
      : `${faults === 0 ? "no failure" : amount(faults, "failure")} in ${amount(requests, "request")}`;
  const rest = unknown.length > 0 ? `; nothing is known of ${list(unknown.map(({ node }) => node.name))}` : "";
  return { state: "good", sentence: `${all} ${seen === 1 ? "is" : "are"} well, ${calls}${rest}.` };
}

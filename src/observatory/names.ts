// Who the numbers in spans are. Samples say which key is which workload and service; the names are resolved when a span
// arrives, because a key may mean something else in the project's next life.
import { FLAG } from "../model/span.ts";
import type { BatchHeader, NamedRule, Sample } from "../model/telemetry.ts";
import { PROBE_ID, type RouteBook, routeBook } from "./routes/book.ts";

export const OUTSIDE = "outside";

/** One side of an exchange. */
export type Peer = {
  /** within this process */
  readonly id: number;
  /** of the workload, or of the service where `workload` is "" */
  readonly key: number;
  readonly namespace: string;
  readonly service: string;
  /** "" when no workload was chosen */
  readonly workload: string;
  readonly version: string;
};

export type Names = {
  /** takes over what a sample says about keys */
  learn(sample: Pick<Sample, "project" | "services" | "workloads">): void;
  /** what a batch says about the rules that its spans name */
  learnRules(told: Pick<BatchHeader, "rules" | "countedAs">): void;
  /** what an earlier process was told of them */
  rememberRules(stored: Iterable<readonly [key: number, rule: NamedRule]>): void;
  /** undefined: nobody ever said */
  rule(key: number): NamedRule | undefined;
  rules(): ReadonlyMap<number, NamedRule>;
  /** keys of the rules whose requests are counted under that route */
  rulesOf(route: string): number[];
  /** the id of the route that an exchange is counted under, see docs/routes.md. @param isProof see routes/proof.ts */
  routeOf(exchange: Routed, isProof: boolean): number;
  routeName(id: number): string;
  knows(workload: number, service: number): boolean;
  /** key 0 is the outside; a key that no sample ever named gets a made-up name */
  workload(key: number): Peer;
  service(key: number): Peer;
  byId(id: number): Peer;
  /** ids of every peer that belongs to the service */
  idsOf(service: string): number[];
  all(): readonly Peer[];
  /** the peer that an earlier process has stored; its key means the same until a sample says otherwise */
  remember(peer: Omit<Peer, "id">): Peer;
};

/** What decides on an exchange's route: whom it asked, and how. */
export type Routed = {
  readonly namespace: string;
  readonly service: string;
  readonly method: number;
  readonly path: string;
  /** key of a rule, 0 without */
  readonly rule: number;
  readonly flags: number;
};

const OUTSIDE_PEER: Peer = { id: 0, key: 0, namespace: "", service: OUTSIDE, workload: "", version: "" };

export function peerNames(routes: RouteBook = routeBook()): Names {
  const peers: Peer[] = [OUTSIDE_PEER];
  const known = new Map<string, Peer>();
  const workloads = new Map<number, Peer>([[0, OUTSIDE_PEER]]);
  const services = new Map<number, Peer>([[0, OUTSIDE_PEER]]);
  const rules = new Map<number, NamedRule>();
  /** what this process was told, as against what it only remembers */
  const told = { workloads: new Set([0]), services: new Set([0]) };

  const peer = (is: Omit<Peer, "id">): Peer => {
    const name = JSON.stringify([is.key, is.namespace, is.service, is.workload, is.version]);
    let found = known.get(name);
    if (!found) {
      found = { id: peers.length, ...is };
      peers.push(found);
      known.set(name, found);
    }
    return found;
  };

  return {
    learn(sample) {
      for (const { key, name, namespace } of sample.services) {
        if (services.get(key)?.service !== name || !told.services.has(key)) {
          services.set(key, peer({ key, namespace, service: name, workload: "", version: "" }));
          told.services.add(key);
        }
      }
      for (const { key, id, service, version } of sample.workloads) {
        const before = workloads.get(key);
        if (before?.workload === id && before.version === version && told.workloads.has(key)) continue;
        const namespace = sample.services.find(({ name }) => name === service)?.namespace ?? sample.project;
        workloads.set(key, peer({ key, namespace, service, workload: id, version }));
        told.workloads.add(key);
      }
    },
    learnRules({ rules: named = {}, countedAs = {} }) {
      for (const [key, name] of Object.entries(named)) {
        const as = countedAs[key];
        rules.set(Number(key), { name, ...(as !== undefined && { countedAs: as }) });
      }
    },
    rememberRules(stored) {
      for (const [key, rule] of stored) if (!rules.has(key)) rules.set(key, rule);
    },
    rule: (key) => rules.get(key),
    rules: () => rules,
    rulesOf: (route) => [...rules].filter(([, { countedAs }]) => countedAs === route).map(([key]) => key),
    routeOf({ namespace, service, method, path, rule, flags }, isProof) {
      if ((flags & FLAG.probe) !== 0) return PROBE_ID;
      const given = rule === 0 ? undefined : rules.get(rule)?.countedAs;
      if (given !== undefined) return routes.named(namespace, service, given);
      return routes.find(namespace, service, method, path, isProof);
    },
    routeName: routes.nameOf,
    knows: (workload, service) => told.workloads.has(workload) && told.services.has(service),
    workload: (key) =>
      workloads.get(key) ??
      peer({ key, namespace: "", service: `workload-${key}`, workload: `workload-${key}`, version: "" }),
    service: (key) =>
      services.get(key) ?? peer({ key, namespace: "", service: `service-${key}`, workload: "", version: "" }),
    byId: (id) => peers[id] ?? OUTSIDE_PEER,
    idsOf: (service) => peers.filter((one) => one.service === service).map((one) => one.id),
    all: () => peers,
    remember(stored) {
      const found = peer(stored);
      const [map, isTold] = stored.workload === "" ? [services, told.services] : [workloads, told.workloads];
      if (!isTold.has(stored.key)) map.set(stored.key, found);
      return found;
    },
  };
}

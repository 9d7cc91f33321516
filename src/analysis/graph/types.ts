// The map as a document: what calls what, how that goes, at a size that can be looked at.
import type { Signals } from "../../model/figures.ts";
import type { Health, HealthState } from "../health/types.ts";
import type { NodeName } from "./node.ts";

export type MapNode = NodeName & {
  /** 1, or how many a folded namespace holds */
  readonly services: number;
  readonly workloads: { readonly ready: number; readonly total: number };
  readonly versions: readonly string[];
  readonly protocols: readonly string[];
  /** of the traffic to it; for a folded namespace, from outside of it */
  readonly signals: Signals;
  readonly state: HealthState;
  /** a sentence each */
  readonly reasons: readonly string[];
};

/** Everything that one node sends to another. */
export type MapEdge = {
  readonly id: string;
  /** ids of nodes */
  readonly source: string;
  readonly target: string;
  readonly protocols: readonly string[];
  readonly ports: readonly number[];
  readonly signals: Signals;
  readonly state: HealthState;
};

export type MapNamespace = {
  readonly name: string;
  readonly services: number;
  readonly isExpanded: boolean;
  readonly state: HealthState;
};

export type MapDocument = {
  readonly health: Health;
  readonly nodes: readonly MapNode[];
  readonly edges: readonly MapEdge[];
  readonly namespaces: readonly MapNamespace[];
  /** services that the focus leaves out */
  readonly hidden: number;
};

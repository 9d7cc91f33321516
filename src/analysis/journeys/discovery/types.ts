// The document that answers `meshwise journeys`.
import type { Unit } from "../log.ts";
import type { Ignored } from "./noise.ts";

export type JourneyEdge = {
  readonly from: string;
  readonly to: string;
  /** times, over the cases kept */
  readonly count: number;
  /** −1…1: (there − back) / (there + back + 1) */
  readonly dependency: number;
};

export type JourneyGoal = {
  readonly event: string;
  readonly cases: number;
  /** of all cases, 0…1 */
  readonly share: number;
  /** compares goals of one answer, and nothing else */
  readonly score: number;
  readonly because: string;
};

export type ProposedFunnel = {
  readonly steps: readonly string[];
  readonly entered: number;
  readonly converted: number;
  readonly rate: number | null;
  /** of the cases that reach the goal, how many come this way: 0…1 */
  readonly support: number;
  readonly command: string;
};

export type JourneysAnswer = {
  readonly schema: "meshwise.dev/answer/v1";
  readonly question: "which ways do visitors take";
  readonly verdict: string;
  readonly unit: Unit;
  readonly counts: { readonly events: number; readonly visitors: number; readonly cases: number };
  readonly steps: readonly { readonly event: string; readonly cases: number; readonly share: number }[];
  readonly ignored: readonly Ignored[];
  readonly graph: readonly JourneyEdge[];
  /** of the graph: the share of cases, and of their steps, that it tells wholly; the graph counts these cases alone */
  readonly coverage: { readonly cases: number; readonly steps: number };
  readonly paths: readonly { readonly path: readonly string[]; readonly cases: number; readonly share: number }[];
  readonly goals: readonly JourneyGoal[];
  readonly funnels: readonly ProposedFunnel[];
};

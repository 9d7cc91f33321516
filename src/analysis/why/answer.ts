// The answer document, `meshwise.dev/answer/v1`: what CLI, API and page show of a question why.

import type { Part } from "../ledger/types.ts";

export type State = "explained" | "partly" | "unexplained" | "nothing-wrong" | "not-enough-data";
export type Confidence = "high" | "medium" | "low";

export type Evidence = {
  readonly claim: string;
  readonly metric: string;
  readonly baseline: number;
  readonly observed: number;
  readonly unit: "s" | "share" | "requests";
};

/** What kind of trouble: `service` when only its figures are known, `unexplained` when no signal of the host accounts for it. */
export const CLASSES = [
  "service",
  "load",
  "compute",
  "storage",
  "memory",
  "network",
  "saturation",
  "dependency",
  "mesh",
  "unexplained",
] as const;
export type Class = (typeof CLASSES)[number];

export type Finding = {
  /** 1 is the most likely */
  readonly rank: number;
  readonly class: Class;
  readonly subject: { readonly service: string };
  /** RFC 3339 */
  readonly since: string;
  /** share of what the findings add to a request of the target, 0 to 1 */
  readonly explained: number;
  readonly sentence: string;
  readonly evidence: readonly Evidence[];
  /** from the target to the subject */
  readonly path: readonly string[];
};

/** A part of a service's mean request, before and during. */
export type LedgerChange = {
  readonly part: Part;
  readonly of?: string;
  readonly beforeMs: number;
  readonly duringMs: number;
};

export type ChangeLine = {
  /** RFC 3339 */
  readonly time: string;
  readonly service: string;
  readonly text: string;
};

export type Period = { readonly from: string; readonly to: string };

export type Answer = {
  readonly schema: "meshwise.dev/answer/v1";
  readonly asOf: string;
  readonly question: string;
  readonly window: Period;
  readonly baseline: Period;
  readonly verdict: string;
  readonly state: State;
  readonly confidence: Confidence;
  readonly findings: readonly Finding[];
  readonly ruledOut: readonly { readonly class: string; readonly because: string }[];
  readonly coverage: { readonly missing: readonly string[] };
  readonly assumptions: readonly string[];
  readonly next: readonly { readonly say: string; readonly command?: string }[];
  /** where the time of the first suspect's requests goes, what became more first; only of a running mesh */
  readonly ledger?: { readonly service: string; readonly rows: readonly LedgerChange[] };
  /** of the first suspect, shortly before it began; only of a running mesh */
  readonly changes?: readonly ChangeLine[];
};

// The answer document, `meshwise.dev/answer/v1`: what CLI, API and page show of a question why.

import type { Change } from "../../model/change.ts";
import type { Part } from "../ledger/types.ts";
import type { Attribute } from "./contrast/attributes.ts";
import type { Impact } from "./impact.ts";

/** `as-usual`: nothing is wrong, and yet it is slow, as always */
export const STATES = ["explained", "partly", "unexplained", "as-usual", "nothing-wrong", "not-enough-data"] as const;
export type State = (typeof STATES)[number];
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
  "deployment",
  "configuration",
  "client",
  "mesh",
  "unexplained",
] as const;
export type Class = (typeof CLASSES)[number];

/** A service, or what of it most of the trouble is confined to. */
export type Subject = {
  readonly service: string;
  readonly workload?: string;
  readonly version?: string;
  readonly route?: string;
};

export type Finding = {
  /** 1 is the most likely */
  readonly rank: number;
  readonly class: Class;
  readonly subject: Subject;
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

export type Named = { readonly attribute: Attribute; readonly value: string };

/** What slow or failed requests have and the others have not. Shares are of 0 to 1, and of requests in the window. */
export type Trait = Named & {
  readonly requests: number;
  /** of those that have it, so many are slow or failed, */
  readonly share: number;
  /** of the others so many, */
  readonly others: number;
  /** and of those that had it before so many; absent: too few had */
  readonly before?: number;
  /** of the slow or failed ones beyond the usual, so many have it */
  readonly covers: number;
  /** chance drew who got which request, so it is the cause; else it goes with it */
  readonly isCaused: boolean;
  /** the very same requests share these too: which of them it is cannot be told */
  readonly same?: readonly Named[];
};

export type Contrast = {
  /** whose requests */
  readonly service: string;
  /** slow: slower than 95 % of those of the same route before */
  readonly bad: "slow" | "failed";
  readonly share: number;
  readonly before: number;
  /** the strongest first; each stands out among those that are alike in the ones above it */
  readonly traits: readonly Trait[];
  /** ids of traces, the slowest bad ones and good ones of the same route */
  readonly examples: { readonly bad: readonly string[]; readonly good: readonly string[] };
};

export type ChangeLine = Omit<Change, "atUs"> & {
  /** RFC 3339 */
  readonly time: string;
};

export type Period = { readonly from: string; readonly to: string };

export type Answer = {
  readonly schema: "meshwise.dev/answer/v1";
  readonly asOf: string;
  readonly question: string;
  readonly window: Period;
  /** `without`: times of trouble that are no part of it */
  readonly baseline: Period & { readonly without?: readonly Period[] };
  readonly verdict: string;
  readonly state: State;
  readonly confidence: Confidence;
  /** who has felt it at the entry services; absent: nobody, or no visitors are known */
  readonly impact?: Impact;
  readonly findings: readonly Finding[];
  readonly ruledOut: readonly { readonly class: string; readonly because: string }[];
  readonly coverage: { readonly missing: readonly string[] };
  readonly assumptions: readonly string[];
  readonly next: readonly { readonly say: string; readonly command?: string }[];
  /** where the time of the first suspect's requests goes, what became more first; only of a running mesh */
  readonly ledger?: { readonly service: string; readonly rows: readonly LedgerChange[] };
  /** of the first suspect; absent: too few of its requests are kept; only of a running mesh */
  readonly contrast?: Contrast;
  /** of the first suspect, or of rules that name it, shortly before it began; only of a running mesh */
  readonly changes?: readonly ChangeLine[];
};

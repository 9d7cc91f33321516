// The answer document, `meshwise.dev/answer/v1`: what CLI, API and page show of a question why.

export type State = "explained" | "partly" | "unexplained" | "nothing-wrong" | "not-enough-data";
export type Confidence = "high" | "medium" | "low";

export type Evidence = {
  readonly claim: string;
  readonly metric: string;
  readonly baseline: number;
  readonly observed: number;
  readonly unit: "s" | "share" | "requests";
};

export type Finding = {
  /** 1 is the most likely */
  readonly rank: number;
  readonly class: "service" | "load";
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
  readonly next: readonly { readonly say: string }[];
};

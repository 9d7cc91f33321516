// The document that answers `meshwise funnel why`.
import type { Agreement } from "./agreement.ts";

export type LossFinding = {
  readonly rank: number;
  readonly class: "failure" | "slowness" | "place";
  /** the request at which it was met */
  readonly event: string;
  /** `status 503`, `answers slower than 900 ms`, `version = 2` */
  readonly what: string;
  /** the value of a technical attribute to which it is confined, such as `version = 2` */
  readonly where: string | null;
  readonly sentence: string;
  readonly exposed: number;
  /** difference of the shares lost, standardised */
  readonly difference: number;
  /** adjusted for all that was looked at */
  readonly p: number;
  /** lost journeys that it explains, each counted once, and the 95 % interval */
  readonly attributable: number;
  readonly interval: readonly [number, number];
  readonly comparisons: { readonly exposure: "agrees"; readonly onset: Agreement; readonly dose: Agreement };
  readonly since: string | null;
  /** PostHog's odds of success with it, for comparison */
  readonly odds: number;
};

/** Who is lost more often than others, for no technical reason that is known. */
export type LossSegment = {
  readonly event: string;
  readonly what: string;
  readonly cases: number;
  readonly difference: number;
  readonly p: number;
  readonly odds: number;
};

export type LossAnswer = {
  readonly schema: "meshwise.dev/answer/v1";
  readonly question: string;
  readonly step: number;
  readonly verdict: string;
  readonly state: "explained" | "partly" | "not-technical" | "undetermined" | "not-enough-data";
  readonly lost: {
    readonly step: number;
    readonly entered: number;
    readonly visitors: number;
    /** by all findings */
    readonly attributable: number;
    readonly interval: readonly [number, number];
    readonly because: "finding" | "not-technical" | "undetermined";
    /** the most that may be technical, of all that are lost: 0…1; null when the events do not say enough to bound it */
    readonly technicalAtMost: number | null;
    /** about how many more have to reach the step for an answer; null: none, or it is not a matter of how many */
    readonly moreNeeded: number | null;
  };
  readonly findings: readonly LossFinding[];
  readonly segments: readonly LossSegment[];
  /** when the share lost changed, and by how much of it the mix of visitors did */
  readonly change: {
    readonly at: string;
    readonly before: number;
    readonly after: number;
    readonly mix: MixShift | null;
  } | null;
  readonly assumptions: readonly string[];
};

export type MixShift = { readonly attribute: string; readonly explained: number };

// The document that answers `meshwise funnel`.
import type { Unit } from "../log.ts";
import type { Order } from "./definition.ts";
import type { Durations } from "./durations.ts";

export type FunnelStep = {
  /** from 1 */
  readonly step: number;
  readonly name: string;
  readonly entered: number;
  /** of those, who reached the next step; of the last step, all */
  readonly continued: number;
  readonly lost: number;
  /** continued of entered, 0…1, and Wilson's 95 % interval; null when nobody entered */
  readonly rate: number | null;
  readonly interval: readonly [number, number];
  /** of all who entered the funnel, 0…1 */
  readonly share: number | null;
  /** from this step to the next; null at the last step, or when nobody went on */
  readonly medianSeconds: number | null;
};

export type Segment = {
  readonly value: string;
  /** by step */
  readonly reached: readonly number[];
  /** from the first step to the last */
  readonly rate: number;
  readonly interval: readonly [number, number];
  /** that it is like the others together, adjusted for how many segments were looked at (Benjamini–Hochberg) */
  readonly p: number;
  /** from the others together, when that is significant and both have 30 or more */
  readonly differs: "better" | "worse" | null;
};

export type DropOff = {
  readonly step: number;
  readonly lost: number;
  /** the most frequent ones; an empty path: nothing more came */
  readonly next: readonly { readonly path: readonly string[]; readonly count: number; readonly share: number }[];
};

export type TrendPoint = {
  readonly from: string;
  readonly seconds: number;
  readonly entered: number;
  readonly converted: number;
  readonly rate: number | null;
  readonly interval: readonly [number, number];
};

export type FunnelAnswer = {
  readonly schema: "meshwise.dev/answer/v1";
  readonly question: string;
  /** the times of the first event and of the last */
  readonly window: { readonly from: string; readonly to: string } | null;
  readonly definition: {
    readonly steps: readonly string[];
    readonly order: Order;
    readonly unit: Unit;
    /** null: as long as the case lasts */
    readonly windowSeconds: number | null;
    readonly exclude: readonly string[];
    readonly reentry: "once" | "every";
  };
  readonly verdict: string;
  /** what was looked at */
  readonly counts: { readonly events: number; readonly visitors: number; readonly cases: number };
  readonly overall: {
    readonly entered: number;
    readonly converted: number;
    readonly rate: number | null;
    readonly interval: readonly [number, number];
    readonly timeToConvert: Durations;
  };
  readonly funnel: readonly FunnelStep[];
  readonly dropOff: readonly DropOff[];
  readonly trend: readonly TrendPoint[];
  readonly segments: { readonly attribute: string; readonly by: string; readonly values: readonly Segment[] } | null;
  readonly assumptions: readonly string[];
};

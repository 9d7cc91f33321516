// Rollups in three lengths of period: 10 seconds, minutes, hours. Coarser rows are made of finer ones once a stretch is over
// (compact.ts), so that a question about a day or a month reads thousands of rows and not millions; finer ones are dropped
// sooner. Which rows answer for which stretch of time is decided here, purely.
import { PERIOD_S } from "../live/live.ts";

/** Finest first. */
export const TIERS = [
  { kind: "tens", seconds: PERIOD_S },
  { kind: "minutes", seconds: 60 },
  { kind: "hours", seconds: 3600 },
] as const;
export type Tier = (typeof TIERS)[number];
export type TierKind = Tier["kind"];
const COARSEST = TIERS.length - 1;

/** Seconds since the epoch. */
export type Span = {
  /** rows of the tier exist for all that ended by then; what comes later for it is added to all tiers at once */
  readonly until: number;
  /** rows of before may have been dropped */
  readonly from: number;
};
export type Spans = Readonly<Record<TierKind, Span>>;

/** Periods of one tier that start in [from, to). */
export type Piece = { readonly kind: TierKind; readonly from: number; readonly to: number };

/** The coarsest rows that make up [from, to), of periods that fit into steps of `stepS`. */
export function pieces(spans: Spans, from: number, to: number, stepS?: number): Piece[] {
  return cover(spans, from, to, stepS, COARSEST);
}

function cover(spans: Spans, from: number, to: number, stepS: number | undefined, at: number): Piece[] {
  if (from >= to) return [];
  const { kind, seconds } = TIERS[at] as Tier;
  if (at === 0) return [{ kind, from, to }];
  const start = Math.ceil(from / seconds) * seconds;
  const end = Math.min(Math.floor(to / seconds) * seconds, spans[kind].until);
  const fits = stepS === undefined || stepS % seconds === 0;
  if (!fits || start >= end) return cover(spans, from, to, stepS, at - 1);
  return [
    ...cover(spans, from, start, stepS, at - 1),
    { kind, from: start, to: end },
    ...cover(spans, end, to, stepS, at - 1),
  ];
}

/** Seconds of the finest period that is kept for that time. */
export function grainAt(spans: Spans, atS: number): number {
  return (TIERS.find(({ kind }) => spans[kind].from <= atS) ?? TIERS[COARSEST])?.seconds ?? PERIOD_S;
}

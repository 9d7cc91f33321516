// Golden signals over time, of one service or of one pair: one pass over the cells, wherever they are, each into its step.
import type { StepFigures } from "../../model/figures.ts";
import { signals, type Tally, tally } from "../../model/tally.ts";
import { type Cell, type Cells, takeExemplar } from "../live/cell.ts";
import { type Exemplar, exemplarIds } from "../live/exemplar.ts";
import { PERIOD_S } from "../live/live.ts";
import type { Series } from "../live/series.ts";
import { meanPhases, mergeSums, type Sums, sums } from "../live/sums.ts";
import type { Store, TakeCell } from "../store/store.ts";
import { passPeriods } from "./everywhere.ts";
import type { FiguresDeps, Window } from "./figures.ts";
import { tallyCell } from "./flows.ts";
import { isOf, type SeriesOf } from "./series-of.ts";
import { stepSeconds } from "./steps.ts";

export type SeriesFigures = {
  readonly rows: readonly StepFigures[];
  readonly window: Window;
  readonly stepSeconds: number;
  readonly counted: number;
};

export type SeriesDeps = Omit<FiguresDeps, "store"> & { readonly store: Pick<Store, "series" | "grainAt"> };

/** @throws MeshError question_invalid when `stepS` makes too many rows */
export async function series(
  { live, store, beganUs }: SeriesDeps,
  of: SeriesOf,
  asked: Window,
  nowUs: number,
  stepS?: number,
): Promise<SeriesFigures> {
  const began = Math.floor(Math.min(beganUs(), asked.toUs) / 1e6);
  const fromS = Math.max(Math.floor(asked.fromUs / 1e6), began);
  const toS = Math.max(Math.ceil(asked.toUs / 1e6), fromS + 1);
  const isBySecond = fromS >= live.secondsFrom() && (stepS === undefined || stepS % PERIOD_S !== 0);
  const length = stepSeconds({ fromUs: fromS * 1e6, toUs: toS * 1e6 }, isBySecond ? 1 : store.grainAt(fromS), stepS);
  const from = Math.floor(fromS / length) * length;
  const to = Math.ceil(toS / length) * length;
  const steps = Array.from({ length: (to - from) / length }, step);
  await passOver({ live, store }, of, { from, to, stepS: length, isBySecond }, (startS, one, cell) => {
    const at = steps[Math.floor((startS - from) / length)];
    if (at) addCell(at, one, cell);
  });

  const rows = steps.map((one, index) => stepFigures(one, from + index * length, length, { began, nowUs }));
  return {
    rows,
    window: { fromUs: Math.max(from, began) * 1e6, toUs: Math.min(to * 1e6, Math.max(nowUs, from * 1e6)) },
    stepSeconds: length,
    counted: rows.reduce((sum, row) => sum + row.requests, 0),
  };
}

type Step = { readonly all: Tally; readonly sums: Sums; exemplar: Exemplar | undefined };

function step(): Step {
  return { all: tally(), sums: sums(), exemplar: undefined };
}

function addCell(to: Step, series: Series, cell: Cell): void {
  tallyCell(to.all, series, cell);
  if (series.protocol === "tcp") return;
  mergeSums(to.sums, cell.sums);
  takeExemplar(to, cell.exemplar);
}

export type Stretch = {
  /** seconds since the epoch: periods that start in [from, to) */
  readonly from: number;
  readonly to: number;
  readonly stepS: number;
  readonly isBySecond: boolean;
};

/** Hands out every cell of those series in the stretch, wherever it is kept. */
export async function passOver(
  { live, store }: Pick<SeriesDeps, "live" | "store">,
  of: SeriesOf,
  { from, to, stepS, isBySecond }: Stretch,
  take: TakeCell,
): Promise<void> {
  const takeAll = (startS: number, cells: Cells) => {
    for (const [one, cell] of cells) if (isOf(of, one)) take(startS, one, cell);
  };
  if (isBySecond) {
    for (const { start, cells } of live.seconds(from, to)) takeAll(start, cells);
    return;
  }
  await passPeriods(live, { from, to }, takeAll, (periods, also) =>
    store.series(of, { ...periods, stepS }, take, also),
  );
}

type Seen = { readonly began: number; readonly nowUs: number };

/** A step that is not over yet, or was seen only in part, has its rate over what was seen. */
function stepFigures(
  { all, sums, exemplar }: Step,
  startS: number,
  length: number,
  { began, nowUs }: Seen,
): StepFigures {
  const seenFrom = Math.max(startS, began);
  const seenTo = Math.min(startS + length, Math.max(nowUs / 1e6, seenFrom));
  const isPartial = seenTo - seenFrom < length;
  const timed = all.durations.count;
  return {
    ...signals(all, seenTo - seenFrom),
    ...(timed > 0 && { phases: meanPhases(sums, timed) }),
    ...(exemplar && { exemplar: { ...exemplarIds(exemplar), durationMs: exemplar.durationUs / 1000 } }),
    startUs: startS * 1e6,
    isPartial,
  };
}

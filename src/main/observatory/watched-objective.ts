// One objective that is watched: what was counted of it, and how it does.
import { countedHistory, type History } from "../../analysis/objectives/history.ts";
import { type Judgement, judge } from "../../analysis/objectives/judge.ts";
import { type ObjectiveRow, objectiveRow } from "../../analysis/objectives/row.ts";
import type { Objective } from "../../model/objective.ts";
import type { Queries } from "../../observatory/query/queries.ts";

export type Watched = {
  readonly objective: Objective;
  readonly history: History;
  isLoaded(): boolean;
  /** takes up what the store has of its window, up to `toS`. @param bootS when we began, seconds since the epoch as all here */
  load(queries: Pick<Queries, "counted">, toS: number, bootS: number): Promise<void>;
  judge(nowS: number, begunS: number, closedS: number | undefined): Judgement;
  /** what `row` says from now on */
  show(judgement: Judgement, incident: string | undefined): void;
  row(): ObjectiveRow;
};

/** Without a request for so long before we began, the mesh was down: what was before says nothing of services that start and
 *  fail at first. */
const PAUSE_S = 300;

/** longer ago than so much: by steps of so much, as they are kept in memory */
const GRAINS = [
  { olderS: 24 * 3600, stepS: 3600 },
  { olderS: 2 * 3600, stepS: 60 },
  { olderS: 0, stepS: 10 },
] as const;

export function watchedObjective(objective: Objective): Watched {
  const history = countedHistory(objective.windowS);
  let isLoaded = false;
  let resumedS = 0;
  let row = objectiveRow(objective, { requests: 0, bad: 0, budgetLeft: 1, burnRates: [] }, undefined);
  return {
    objective,
    history,
    isLoaded: () => isLoaded,
    async load(queries, toS, bootS) {
      let fromS = floor(toS - objective.windowS, 3600);
      for (const { olderS, stepS } of GRAINS) {
        const untilS = floor(toS - olderS, olderS === 0 ? stepS : 3600);
        if (untilS <= fromS) continue;
        const counted = await queries.counted([objective], { fromS, toS: untilS, stepS });
        history.replace(fromS, counted.get(objective) ?? []);
        fromS = untilS;
      }
      if (history.since(bootS - PAUSE_S).requests === history.since(bootS).requests) resumedS = bootS;
      isLoaded = true;
    },
    judge: (nowS, begunS, closedS = 0) =>
      judge(objective, history, { nowS, begunS, freshS: Math.max(begunS, resumedS, closedS) }),
    show(judgement, incident) {
      row = objectiveRow(objective, judgement, incident);
    },
    row: () => row,
  };
}

function floor(seconds: number, grain: number): number {
  return Math.floor(seconds / grain) * grain;
}

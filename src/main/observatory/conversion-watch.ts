// Watches what objectives promise of journeys: each minute, whether fewer come through; then an incident is open, and asked why
// they are lost, until as many come through again.

import type { LiveLoss } from "../../analysis/journeys/visits/answers.ts";
import { type Entries, isComingThrough, judgeConversion } from "../../analysis/objectives/conversion.ts";
import { closedIncident, fallenIncident, type Incident, lossExplained } from "../../analysis/objectives/incident.ts";
import { conversionRow, type ObjectiveRow } from "../../analysis/objectives/row.ts";
import { type ConversionObjective, objectiveKey } from "../../model/objective.ts";
import type { IncidentBook } from "./incident-book.ts";

export type ConversionSource = {
  /** those who began a declared journey in the last so many seconds; undefined: nobody declares it, or nobody can be told apart */
  readonly entries: (journey: string, windowS: number) => Promise<Entries | undefined>;
  /** `/funnel/why?…` as the API answers it. Throws when it cannot */
  readonly loss: (parameters: Readonly<Record<string, string>>) => Promise<LiveLoss>;
};

type Deps = {
  readonly source: ConversionSource;
  readonly book: Pick<IncidentBook, "openOf" | "lastClosedS">;
  readonly log: (text: string) => void;
  readonly newId: () => string;
  readonly put: (incident: Incident, event?: "opened" | "cause" | "closed") => void;
  /** the changes of the mesh that concern it, from before it opened */
  readonly changed: (incident: Incident, nowUs: number) => Incident;
};

export type ConversionWatch = {
  set(objectives: readonly ConversionObjective[]): void;
  /** to be called often; looks once a minute */
  turn(nowUs: number): Promise<void>;
  rows(): readonly ObjectiveRow[];
};

const PERIOD_US = 60e6;
/** a request is known so long after it ended */
const LATE_S = 15;
/** `funnel why` looks so far back from the opening, to have what is usual */
const BEFORE_US = 3_600e6;
/** asked for so long */
const ASKED_US = 1_800e6;

export function watchConversions({ source, book, log, newId, put, changed }: Deps): ConversionWatch {
  let objectives: readonly ConversionObjective[] = [];
  let rows: readonly ObjectiveRow[] = [];
  let lookedUs = Number.NEGATIVE_INFINITY;

  const learn = async (incident: Incident, journey: string, nowUs: number): Promise<Incident> => {
    const openedUs = Date.parse(incident.opened) * 1000;
    if (nowUs > openedUs + ASKED_US) return changed(incident, nowUs);
    const [from, to] = [openedUs - BEFORE_US, nowUs].map((us) => new Date(us / 1000).toISOString());
    const loss = await source.loss({ name: journey, from: from!, to: to! }).catch((thrown) => {
      log(`incident ${incident.id}: why visitors are lost could not be answered (${thrown?.message ?? thrown})`);
      return undefined;
    });
    return changed(loss ? lossExplained(incident, loss, nowUs) : incident, nowUs);
  };

  const look = async (objective: ConversionObjective, nowUs: number): Promise<ObjectiveRow> => {
    const { journey, windowS, least } = objective;
    const entries = (await source.entries(journey, windowS)) ?? NOBODY_BEGAN;
    const nowS = nowUs / 1e6 - LATE_S;
    const key = objectiveKey({ ...objective, service: "" });
    const judgement = judgeConversion(entries, { least, windowS }, { nowS, freshS: book.lastClosedS(key) ?? 0 });
    const open = book.openOf(key);
    if (!open) {
      if (!judgement.fall) return conversionRow(objective, judgement, undefined);
      const opened = fallenIncident(newId(), objective, judgement.fall, nowUs);
      put(await learn(opened, journey, nowUs), "opened");
      return conversionRow(objective, judgement, opened.id);
    }
    const learnt = await learn(open, journey, nowUs);
    const because = overBecause(entries, open, windowS, nowS);
    if (because) {
      put(closedIncident(learnt, because, nowUs), "closed");
      return conversionRow(objective, judgement, undefined);
    }
    put(learnt, learnt.timeline.filter(isCause).length > open.timeline.filter(isCause).length ? "cause" : undefined);
    return conversionRow(objective, judgement, open.id);
  };

  return {
    set(given) {
      objectives = given;
      const known = new Map(rows.map((row) => [`${row.objective} ${row.journey}`, row]));
      rows = given.map((one) => known.get(`${one.name} ${one.journey}`) ?? conversionRow(one, NOBODY, undefined));
    },
    async turn(nowUs) {
      if (objectives.length === 0 || nowUs - lookedUs < PERIOD_US) return;
      lookedUs = nowUs;
      const [looked, found] = [objectives, [] as ObjectiveRow[]];
      for (const one of looked) found.push(await look(one, nowUs));
      if (looked === objectives) rows = found;
    },
    rows: () => rows,
  };
}

const NOBODY = { entered: 0, reached: 0 };
const NOBODY_BEGAN: Entries = { beganS: new Float64Array(0), tookS: new Float64Array(0) };

function overBecause(entries: Entries, { fall, opened }: Incident, windowS: number, nowS: number): string | undefined {
  if (!fall || isComingThrough(entries, fall, nowS)) return "as many come through as did, or nobody begins any more";
  return nowS - Date.parse(opened) / 1000 > windowS ? "it is what is usual by now" : undefined;
}

function isCause({ what }: Incident["timeline"][number]): boolean {
  return what === "cause";
}

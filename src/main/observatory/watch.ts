// Watches the objectives: each ten seconds their figures are counted and judged; one that burns opens an incident, which is
// asked why until it is over, kept in the store, and told to who wants to know.
import {
  closedIncident,
  explained,
  type Incident,
  openedIncident,
  withChanges,
} from "../../analysis/objectives/incident.ts";
import { isCalm } from "../../analysis/objectives/judge.ts";
import type { ObjectiveRow } from "../../analysis/objectives/row.ts";
import type { Answer } from "../../analysis/why/answer.ts";
import type { Clock, Timer } from "../../base/clock.ts";
import type { Random } from "../../base/random.ts";
import { type Goal, type Objectives, objectiveKey } from "../../model/objective.ts";
import type { Notifier } from "../../observatory/notify/notifier.ts";
import type { Queries } from "../../observatory/query/queries.ts";
import type { IncidentStore } from "../../observatory/store/store.ts";
import { type ConversionSource, watchConversions } from "./conversion-watch.ts";
import { incidentBook } from "./incident-book.ts";
import { spared } from "./spared.ts";
import { type Watched, watchedObjective } from "./watched-objective.ts";

export type WatchDeps = {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: (text: string) => void;
  readonly queries: Pick<Queries, "counted" | "memoryFromS" | "beganUs" | "changes">;
  readonly store: IncidentStore;
  readonly notifier: Notifier;
  /** `/why?…` as the API answers it. Throws when it cannot */
  readonly why: (parameters: Readonly<Record<string, string>>) => Promise<Answer>;
  readonly conversions: ConversionSource;
};

export type Watch = {
  /** all that there are now */
  set(objectives: Objectives): void;
  rows(): readonly ObjectiveRow[];
  /** newest first */
  incidents(): readonly Incident[];
  /** resolves when what is being looked at has been */
  settled(): Promise<void>;
  /** from now on nothing is looked at */
  pause(): void;
  close(): Promise<void>;
};

const PERIOD_S = 10;
/** after the end of a period its last figures are on their way for so long */
const LATE_S = 3;
/** late figures change what was counted in so much of the past */
const RECOUNTED_S = 600;
/** `why` looks so far back from the opening, and onwards from it at most */
const WHY_BEFORE_US = 900e6;
const WHY_AFTER_US = 1800e6;
/** asked each time in the first minutes, then each minute, as far as that is not too dear */
const WHY_OFTEN_US = 300e6;
const WHY_SELDOM_US = 60e6;
const WHY_WITHIN_MS = 5_000;
const CLOSE_WITHIN_MS = 1_000;

export function watchObjectives(deps: WatchDeps): Watch {
  const { clock, queries, notifier, log } = deps;
  const book = incidentBook(deps.store);
  let watched: readonly Watched[] = [];
  let given: Objectives | undefined;
  const bootS = clock.nowUs() / 1e6;
  let isClosed = false;
  let timer: Timer | undefined;
  const askedUs = new Map<string, number>();
  const sparing = spared(clock);

  const put = (incident: Incident, event?: "opened" | "cause" | "closed") => {
    book.put(incident);
    if (event) notifier.tell({ schema: "meshwise.dev/incident-event/v1", event, incident });
  };

  /** It may take long in a large mesh, and nobody waits longer for its incident than for the answer. */
  const ask = async (incident: Incident, goal: Goal, nowUs: number): Promise<Incident> => {
    const openedUs = Date.parse(incident.opened) * 1000;
    const { service, namespace } = incident;
    const late = Promise.withResolvers<undefined>();
    let isBegun = false;
    const limit = clock.after(WHY_WITHIN_MS, () => {
      if (isBegun) late.reject(new Error("it takes too long"));
      else late.resolve(undefined); // others are asked about, and its turn comes
    });
    const asking = sparing(() => {
      isBegun = true;
      askedUs.set(incident.id, nowUs);
      return deps.why({
        service: `${namespace}/${service}`,
        metric: goal.kind === "latency" ? "latency" : "errors",
        from: new Date((openedUs - WHY_BEFORE_US) / 1000).toISOString(),
        to: new Date(Math.min(nowUs, openedUs + WHY_AFTER_US) / 1000).toISOString(),
      });
    });
    try {
      const answer = await Promise.race([late.promise, asking]);
      return answer ? explained(incident, answer, nowUs) : incident;
    } catch (thrown) {
      log(`incident ${incident.id}: why could not be answered (${thrown instanceof Error ? thrown.message : thrown})`);
      return incident;
    } finally {
      limit.cancel();
    }
  };

  const isToBeAsked = ({ id, opened }: Incident, nowUs: number): boolean => {
    const ageUs = nowUs - Date.parse(opened) * 1000;
    if (ageUs > WHY_AFTER_US) return false;
    return ageUs < WHY_OFTEN_US || nowUs - (askedUs.get(id) ?? 0) >= WHY_SELDOM_US;
  };

  const learn = async (incident: Incident, goal: Goal, nowUs: number): Promise<Incident> => {
    return changed(isToBeAsked(incident, nowUs) ? await ask(incident, goal, nowUs) : incident, nowUs);
  };

  const changed = (incident: Incident, nowUs: number): Incident => {
    const fromUs = Date.parse(incident.opened) * 1000 - WHY_BEFORE_US;
    return withChanges(incident, queries.changes({ fromUs, toUs: nowUs }, {}).rows);
  };

  const look = async (one: Watched, nowS: number): Promise<void> => {
    const { objective, history } = one;
    const { goal } = objective;
    const key = objectiveKey(objective);
    const incident = book.openOf(key);
    const nowUs = clock.nowUs();
    const judgement = one.judge(nowS, queries.beganUs() / 1e6, book.lastClosedS(key));
    one.show(judgement, incident?.id);
    if (!incident) {
      if (!judgement.burning) return;
      const opened = openedIncident(newId(), objective, judgement, judgement.burning, nowUs);
      book.put(opened); // it is there while it is asked why
      one.show(judgement, opened.id);
      put(await learn(opened, goal, nowUs), "opened");
      return;
    }
    const known = { ...incident, budgetLeft: judgement.budgetLeft };
    const { burnRate } = incident;
    if (burnRate && isCalm(objective, history, burnRate, nowS)) {
      const { requests } = history.since(nowS - burnRate.shortS);
      const because = requests === 0 ? "nobody asks any more" : "no more is bad than is allowed";
      put(closedIncident(await learn(known, goal, nowUs), because, nowUs), "closed");
      one.show(judgement, undefined);
      askedUs.delete(incident.id);
      return;
    }
    const learnt = await learn(known, goal, nowUs);
    const isNews = learnt.timeline.filter(({ what }) => what === "cause").length > causes(known);
    put(learnt, isNews ? "cause" : undefined);
  };

  const newId = () => deps.random.u32().toString(16).padStart(8, "0");
  const conversions = watchConversions({ source: deps.conversions, book, log, newId, put, changed });

  /** Figures of whole periods; what came late for the last ones is counted too. */
  const turn = async (): Promise<void> => {
    const toS = Math.floor((clock.nowUs() / 1e6 - LATE_S) / PERIOD_S) * PERIOD_S;
    await book.load();
    for (const one of watched.filter(({ isLoaded }) => !isLoaded())) await one.load(queries, toS, bootS);
    const fromS = Math.max(Math.ceil(queries.memoryFromS() / PERIOD_S) * PERIOD_S, toS - RECOUNTED_S);
    const counted = await queries.counted(
      watched.map(({ objective }) => objective),
      { fromS, toS, stepS: PERIOD_S },
    );
    for (const one of watched) one.history.replace(fromS, counted.get(one.objective) ?? []);
    if (isClosed) return;
    // who was asked longest ago comes first, for there may be time for one only
    const lastAskedUs = ({ objective }: Watched) => askedUs.get(book.openOf(objectiveKey(objective))?.id ?? "") ?? 0;
    const inOrder = watched.toSorted((a, b) => lastAskedUs(a) - lastAskedUs(b));
    await Promise.all(inOrder.map((one) => look(one, toS)));
    await conversions.turn(clock.nowUs());
    if (given) abandon(given);
    await book.save();
  };

  /** Incidents of objectives that are no more. */
  const abandon = ({ objectives, conversions: ofJourneys }: Objectives) => {
    const keys = new Set([...objectives, ...ofJourneys.map((one) => ({ ...one, service: "" }))].map(objectiveKey));
    for (const incident of book.open()) {
      if (keys.has(objectiveKey({ ...incident, name: incident.objective }))) continue;
      put(closedIncident(incident, "its objective was removed", clock.nowUs()), "closed");
    }
  };

  const arm = () => {
    if (isClosed) return;
    const intoS = (clock.nowUs() / 1e6 - LATE_S) % PERIOD_S;
    timer = clock.after((PERIOD_S - intoS) * 1000 + 50, () => {
      running = turn()
        .catch((thrown) => log(`objectives: ${thrown instanceof Error ? thrown.message : thrown}`))
        .finally(arm);
    });
  };
  let running: Promise<void> = Promise.resolve();
  arm();

  const pause = () => {
    isClosed = true;
    timer?.cancel();
  };

  return {
    set(objectives) {
      given = objectives;
      const before = new Map(watched.map((one) => [JSON.stringify(one.objective), one]));
      watched = objectives.objectives.map((one) => before.get(JSON.stringify(one)) ?? watchedObjective(one));
      conversions.set(objectives.conversions);
      notifier.set(objectives.notifications);
    },
    rows: () => [...watched.map(({ row }) => row()), ...conversions.rows()],
    incidents: book.all,
    settled: () => running,
    pause,
    async close() {
      pause();
      await Promise.race([running, clock.sleep(CLOSE_WITHIN_MS)]);
      await notifier.close();
    },
  };
}

function causes({ timeline }: Incident): number {
  return timeline.filter(({ what }) => what === "cause").length;
}

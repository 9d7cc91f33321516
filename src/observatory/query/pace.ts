// How fast it went lately and before, for those who judge whether something has become slow. Both are kept from one
// question to the next, because every page asks with each beat and half an hour is much to add up.
import type { Clock } from "../../base/clock.ts";
import { merge, sketch } from "../../base/sketch.ts";
import type { Callee, Flow, Pace } from "../../model/tally.ts";
import { type FiguresDeps, figures } from "./figures.ts";
import { flowsOf } from "./flows.ts";

type PaceDeps = FiguresDeps & { readonly clock: Pick<Clock, "nowUs"> };

const RECENT_S = 60;
const EARLIER_S = 1800;
/** the time before is told in periods of so much, and what follows the last whole one */
const PERIOD_S = 60;
/** the steps in which all move on */
const STEP_S = 10;

/** @returns of the minute before a moment (µs since the epoch), and of the half hour before that minute */
export function paces(deps: PaceDeps): (toUs: number) => Promise<Pace> {
  const flows = async (fromS: number, toS: number) => {
    const { cells } = await figures(deps, { fromUs: fromS * 1e6, toUs: toS * 1e6 }, deps.clock.nowUs());
    return flowsOf(cells);
  };
  const callees = async (fromS: number, toS: number) => byCallee(await flows(fromS, toS));
  const recentFlows = kept(flows, 1);
  const latestCallees = kept(callees, 1);
  const periodCallees = kept(callees, EARLIER_S / PERIOD_S);
  return async (toUs) => {
    const toS = Math.floor(toUs / 1e6 / STEP_S) * STEP_S;
    const earlierToS = toS - RECENT_S;
    const wholeToS = Math.floor(earlierToS / PERIOD_S) * PERIOD_S;
    const starts = Array.from({ length: EARLIER_S / PERIOD_S }, (_, at) => wholeToS - EARLIER_S + at * PERIOD_S);
    const seen = starts.filter((startS) => (startS + PERIOD_S) * 1e6 > deps.beganUs());
    const [recent, latest, periods] = await Promise.all([
      recentFlows(earlierToS, toS),
      latestCallees(wholeToS, earlierToS),
      Promise.all(seen.map((startS) => periodCallees(startS, startS + PERIOD_S))),
    ]);
    return { recent, earlier: [...periods, latest] };
  };
}

function byCallee(flows: readonly Flow[]): Callee[] {
  const callees = new Map<string, Callee>();
  for (const { destination, destinationNamespace, all } of flows) {
    const name = `${destinationNamespace}/${destination}`;
    const callee = callees.get(name) ?? { destination, destinationNamespace, durations: sketch() };
    merge(callee.durations, all.durations);
    callees.set(name, callee);
  }
  return [...callees.values()];
}

/** The answers that were asked for last are kept, so many of them. */
function kept<Told>(ask: (fromS: number, toS: number) => Promise<Told>, many: number) {
  const answers = new Map<string, Promise<Told>>();
  return (fromS: number, toS: number): Promise<Told> => {
    const name = `${fromS} ${toS}`;
    const told = answers.get(name) ?? ask(fromS, toS);
    answers.delete(name);
    answers.set(name, told);
    for (const oldest of answers.keys()) if (answers.size > many) answers.delete(oldest);
    told.catch(() => answers.delete(name)); // asked anew
    return told;
  };
}

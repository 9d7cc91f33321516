// How fast it went lately and before, for those who judge whether something has become slow. Both are kept from one
// question to the next, because every page asks with each beat and half an hour is much to add up.
import type { Clock } from "../../base/clock.ts";
import type { Flow, Pace } from "../../model/tally.ts";
import { type FiguresDeps, figures } from "./figures.ts";
import { flowsOf } from "./flows.ts";

type PaceDeps = FiguresDeps & { readonly clock: Pick<Clock, "nowUs"> };

const RECENT_S = 60;
const EARLIER_S = 1800;
/** the steps in which both move on */
const STEP_S = 10;

/** @returns the flows of the minute before a moment (µs since the epoch), and of the half hour before that minute */
export function paces(deps: PaceDeps): (toUs: number) => Promise<Pace> {
  const recentFlows = kept(deps, RECENT_S);
  const earlierFlows = kept(deps, EARLIER_S);
  return async (toUs) => {
    const toS = Math.floor(toUs / 1e6 / STEP_S) * STEP_S;
    const [recent, earlier] = await Promise.all([recentFlows(toS), earlierFlows(toS - RECENT_S)]);
    return { recent, earlier };
  };
}

/** The newest answer is kept; who asks for another window makes it the newest. */
function kept(deps: PaceDeps, lengthS: number) {
  let last: { readonly toS: number; readonly flows: Promise<Flow[]> } | undefined;
  return (toS: number): Promise<Flow[]> => {
    if (last?.toS === toS) return last.flows;
    const window = { fromUs: (toS - lengthS) * 1e6, toUs: toS * 1e6 };
    const flows = figures(deps, window, deps.clock.nowUs()).then(({ cells }) => flowsOf(cells));
    last = { toS, flows };
    flows.catch(() => {
      last = undefined; // asked anew
    });
    return flows;
  };
}

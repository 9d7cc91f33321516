// An objective that is watched as the observatory does, over a course of requests that a test makes up.
import type { Counted, Objective } from "../../model/objective.ts";
import { countedHistory } from "./history.ts";
import type { BurnRate } from "./judge.ts";
import { isCalm, judge } from "./judge.ts";

export const GRAIN_S = 10;

/** @param begunS since when there are figures */
export function watchedObjective({ share, windowS, begunS = 0 }: { share: number; windowS: number; begunS?: number }) {
  const one: Objective = {
    ...{ name: "quiet", service: "cart", namespace: "shop", windowS },
    goal: { kind: "availability", share },
  };
  const history = countedHistory(windowS);
  /** seconds at which incidents opened and closed */
  const opened: number[] = [];
  const closed: number[] = [];
  let open: BurnRate | undefined;
  let nowS = begunS;
  return {
    opened,
    closed,
    run(untilS: number, course: (atS: number) => Counted) {
      while (nowS < untilS) {
        const counted = course(nowS);
        history.replace(nowS, [{ startS: nowS, lengthS: GRAIN_S, ...counted }]);
        nowS += GRAIN_S;
        if (open) {
          if (!isCalm(one, history, open, nowS)) continue;
          open = undefined;
          closed.push(nowS);
        } else if (counted.bad > 0 || nowS % 60 === 0) {
          // as good as none begins to burn by what is good: weeks are to be quick
          open = judge(one, history, { nowS, begunS, freshS: closed.at(-1) ?? begunS }).burning;
          if (open) opened.push(nowS);
        }
      }
    },
  };
}

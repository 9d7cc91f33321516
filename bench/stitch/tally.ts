// Verdicts added up.
import { CALIBRATION_STEPS, type Calibration, type Verdict } from "./judge.ts";

type Who = "ours" | "fcfs" | "vPath";

export type Tally = {
  add(verdict: Verdict): void;
  /** % of requests whose calls are all found, and no other */
  right(who: Who): number;
  /** % of traces in which all requests are right */
  whole(who: Who): number;
  /** spans a second of CPU time */
  perSecond(): number;
  curve(): Calibration;
};

export function tally(...first: readonly Verdict[]): Tally {
  const verdicts: Verdict[] = [...first];
  const sum = (of: (verdict: Verdict) => number) => verdicts.reduce((total, verdict) => total + of(verdict), 0);
  return {
    add: (verdict) => void verdicts.push(verdict),
    right: (who) => (100 * sum((verdict) => verdict[who].rightRequests)) / sum((verdict) => verdict[who].requests),
    whole: (who) => (100 * sum((verdict) => verdict[who].rightTraces)) / sum((verdict) => verdict[who].traces),
    perSecond: () => sum(({ spans }) => spans) / (sum(({ cpuMs }) => cpuMs) / 1000),
    curve: () =>
      Array.from({ length: CALIBRATION_STEPS }, (_, step) => ({
        count: sum(({ calibration }) => calibration[step]?.count ?? 0),
        right: sum(({ calibration }) => calibration[step]?.right ?? 0),
        claimed: sum(({ calibration }) => calibration[step]?.claimed ?? 0),
      })),
  };
}

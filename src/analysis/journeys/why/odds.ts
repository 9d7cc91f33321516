// PostHog's correlation score: the odds of success of those who met it over those of the others. No interval, no p, and no
// regard to what else the two differ in. Of the first request of a case.
import type { Exposure } from "./exposures.ts";

export function odds({ met, touch }: Exposure): number {
  let [s, f, allS, allF] = [0, 0, 0, 0];
  for (const [index, lost] of touch.lost.entries()) {
    if (touch.before[index] !== 0) continue;
    if (lost) allF++;
    else allS++;
    if (!met[index]) continue;
    if (lost) f++;
    else s++;
  }
  return ((s + 1) * (allF - f + 1)) / ((allS - s + 1) * (f + 1));
}

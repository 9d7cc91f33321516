// Whether so many failures among so many requests are trouble. One failure of two is not yet; five of a hundred are: the
// share that we can be sure of decides, not the one that was seen.
import type { Tally } from "../../model/tally.ts";
import type { HealthState } from "./types.ts";

/** of a normal distribution, two-sided 95 % */
const Z = 1.96;
const BAD = { share: 0.02, failures: 5 };
const WARNING = { share: 0.005, failures: 3 };

/** Faults are judged: what the caller itself broke off, or the mesh, says nothing about the callee. Answers of 4xx are no failures. */
export function judgeFailures({ requests, faults }: Pick<Tally, "requests" | "faults">): HealthState {
  if (requests === 0) return "unknown";
  const share = wilsonLower(faults, requests);
  if (faults >= BAD.failures && share > BAD.share) return "bad";
  if (faults >= WARNING.failures && share > WARNING.share) return "warning";
  return "good";
}

/** The lower end of Wilson's score interval for `hits` of `trials`, 0…1 (Wilson, JASA 1927). */
export function wilsonLower(hits: number, trials: number): number {
  if (trials === 0) return 0;
  const share = hits / trials;
  const square = Z ** 2 / trials;
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + square / (4 * trials));
  return Math.max(0, (share + square / 2 - spread) / (1 + square));
}

// Whether a workload is the cause of bad requests, and not merely where they are. A balancer that draws two and takes the
// better avoids the slow one, so what a workload answered is no fair sample; whether it was drawn is chance.
import type { SeenExchange } from "../../../model/figures.ts";
import { differenceP } from "../../statistics/proportion.ts";
import type { Judged } from "./association.ts";

type Row = Judged & { readonly request: SeenExchange };

const FEWEST = 20;
const CHANCE = 0.001;

/** Requests are worse when it was among the two that were drawn, chosen or not. With two workloads it always is. */
export function isCaused(workload: string, rows: readonly Row[]): boolean {
  const drawn = rows.filter(({ request }) => request.rival !== undefined && request.attempts === 1);
  const isAmong = ({ request }: Row) => request.destinationWorkload === workload || request.rival === workload;
  const [among, not] = [drawn.filter(isAmong), drawn.filter((row) => !isAmong(row))];
  if (among.length < FEWEST || not.length < FEWEST) return false;
  const bad = (some: readonly Row[]) => some.filter(({ isBad }) => isBad).length;
  const isWorse = bad(among) / among.length > bad(not) / not.length;
  return isWorse && differenceP(bad(among), among.length, bad(not), not.length) < CHANCE;
}

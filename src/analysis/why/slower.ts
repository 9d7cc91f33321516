// Which routes became slower from some requests to others, by ranks (Mann & Whitney, 1947): means and high quantiles of a busy
// machine say little, the middle moves only when most requests do.
import type { SeenExchange } from "../../model/figures.ts";
import { routeOf } from "./contrast/attributes.ts";
import { median } from "./robust.ts";

/** a later request is slower than an earlier one so often, */
const OFTEN = 0.65;
/** beyond chance, in deviations */
const NO_CHANCE = 4;
/** of what routes added by their middle, those must hold so much */
const MOST = 0.5;
const FEWEST = 8;

type Route = {
  readonly name: string;
  readonly was: number;
  readonly is: number;
  readonly count: number;
  readonly isSlower: boolean;
};

/** Middle durations in ms, of those that are slower; none when others add more than they do. */
export function slowerRoutes(old: readonly SeenExchange[], fresh: readonly SeenExchange[]): Route[] {
  const usual = Map.groupBy(old, routeOf);
  const routes = [...Map.groupBy(fresh, routeOf)].flatMap(([name, some]): Route[] => {
    const [was, is] = [usual.get(name) ?? [], some].map((all) => all.map(({ durationUs }) => durationUs / 1000)) as [
      number[],
      number[],
    ];
    if (was.length < FEWEST || is.length < FEWEST) return [];
    return [{ name, was: median(was), is: median(is), count: is.length, isSlower: isSlower(was, is) }];
  });
  const added = (some: readonly Route[]) =>
    some.reduce((sum, { was, is, count }) => sum + count * Math.max(0, is - was), 0);
  const slower = routes.filter((one) => one.isSlower);
  return added(slower) >= MOST * added(routes) ? slower : [];
}

function isSlower(was: readonly number[], is: readonly number[]): boolean {
  const sorted = Float64Array.from(was).sort();
  const above = is.reduce((sum, value) => sum + (below(sorted, value) + atMost(sorted, value)) / 2, 0);
  const pairs = was.length * is.length;
  const deviation = Math.sqrt((was.length + is.length + 1) / (12 * pairs));
  return above / pairs >= OFTEN && (above / pairs - 0.5) / deviation > NO_CHANCE;
}

function below(sorted: Float64Array, value: number): number {
  return place(sorted, (one) => one < value);
}

function atMost(sorted: Float64Array, value: number): number {
  return place(sorted, (one) => one <= value);
}

/** how many from the begin on are so */
function place(sorted: Float64Array, isSo: (value: number) => boolean): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (isSo(sorted[middle] as number)) from = middle + 1;
    else to = middle;
  }
  return from;
}

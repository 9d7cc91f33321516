// What was asked of a service, by route: rollups keep the name a route had when it was counted, answers today's.
import type { RouteFigures } from "../../model/figures.ts";
import { signals, type Tally, tally } from "../../model/tally.ts";
import type { Cells } from "../live/cell.ts";
import type { RouteNames } from "../routes/book.ts";
import { tallyCell } from "./flows.ts";
import { isNamed } from "./named.ts";

/** `cart` or `shop/cart`; with a source only what that one asked */
export type RoutesOf = { readonly service: string; readonly source?: string | undefined };

/** Most asked first. @param seconds that the cells span */
export function routesOf(
  cells: Cells,
  names: RouteNames,
  { service, source }: RoutesOf,
  seconds: number,
): RouteFigures[] {
  const rows = new Map<string, { service: string; namespace: string; route: string; all: Tally }>();
  for (const [series, cell] of cells) {
    const { destination, destinationNamespace: namespace, source: caller, sourceNamespace } = series;
    if (series.route === "" || !isNamed(service, destination, namespace)) continue;
    if (!isNamed(source, caller, sourceNamespace)) continue;
    const route = names.today(namespace, destination, series.route);
    const key = `${namespace}/${destination} ${route}`;
    let row = rows.get(key);
    if (!row) {
      row = { service: destination, namespace, route, all: tally() };
      rows.set(key, row);
    }
    tallyCell(row.all, series, cell);
  }
  return [...rows.values()]
    .map(({ all, ...row }) => ({ ...row, ...signals(all, seconds) }))
    .sort((a, b) => b.requests - a.requests || (a.route < b.route ? -1 : 1));
}

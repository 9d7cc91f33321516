// Which routes the store has, by their names: numbers are of this process only.
import type { RouteBook, ToldRoute } from "../routes/book.ts";

export type ToldRoutes = {
  /** not yet in the store, or folded into another one since */
  missing(): readonly ToldRoute[];
  /** these have been committed */
  stored(routes: readonly ToldRoute[]): void;
};

/** @param known as they were written, the latest row of a route last */
export function toldRoutes(
  book: Pick<RouteBook, "told" | "changes" | "remember">,
  known: readonly ToldRoute[],
): ToldRoutes {
  const keyOf = ({ namespace, service, name }: ToldRoute) => JSON.stringify([namespace, service, name]);
  const inStore = new Map(known.map((one) => [keyOf(one), one]));
  book.remember([...inStore.values()]);
  // looking through all of them each second would cost more than learning them
  let looked = -1;
  let done = -1;
  return {
    missing() {
      looked = book.changes();
      if (looked === done) return [];
      return book.told().filter((one) => inStore.get(keyOf(one))?.folded !== one.folded);
    },
    stored(routes) {
      for (const one of routes) inStore.set(keyOf(one), one);
      done = looked;
    },
  };
}

// What a path names may be kept when many visitors name it: then it is a product, and not a person. Who has named it is held in
// memory alone, and only until there are enough.
import { pairKey } from "../../base/pair-key.ts";

export type SharedItems = {
  /** a visitor has named it @returns enough have */
  named(item: string, visitor0: number, visitor1: number): boolean;
};

export const ENOUGH_VISITORS = 20;
const MOST_SHARED = 20_000;
/** of those that are not shared yet; the one named longest ago makes room */
const MOST_WAITING = 20_000;

export function sharedItems(): SharedItems {
  const shared = new Set<string>();
  const waiting = new Map<string, Set<number>>();
  return {
    named(item, visitor0, visitor1) {
      if (shared.has(item)) return true;
      if (shared.size >= MOST_SHARED) return false;
      const by = waiting.get(item) ?? new Set();
      waiting.delete(item);
      by.add(pairKey(visitor0, visitor1));
      if (by.size >= ENOUGH_VISITORS) {
        shared.add(item);
        return true;
      }
      waiting.set(item, by);
      if (waiting.size > MOST_WAITING) waiting.delete(waiting.keys().next().value as string);
      return false;
    },
  };
}

// The last layout of this tab: who reloads, or comes back from another place, finds everything where it was, at once.
import type { Layout } from "./layout.ts";

const KEY = "meshwise.layout";

type Written = { readonly boxes: [string, never][]; readonly routes: [string, never][] };

export function remember({ boxes, routes }: Layout): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ boxes: [...boxes], routes: [...routes] }));
  } catch {
    // no room, or no storage here: it is laid out again
  }
}

export function recall(): Layout | undefined {
  try {
    const { boxes, routes } = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as Written;
    return { boxes: new Map(boxes), routes: new Map(routes) };
  } catch {
    return undefined;
  }
}

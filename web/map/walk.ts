// Where an arrow key leads on the map: to the nearest card in that direction, a neighbour by a call before any other. Pure.
import type { Box, Layout, Structure } from "./layout.ts";

export type Direction = "left" | "right" | "up" | "down";

export const DIRECTION_OF_KEY: Readonly<Record<string, Direction>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** A step aside counts for more than one ahead. */
const ASIDE = 2.5;
/** so much nearer does a call bring its two ends */
const CALL = 0.35;

export function nextCard(
  from: string,
  direction: Direction,
  { boxes }: Pick<Layout, "boxes">,
  edges: Structure["edges"],
): string | undefined {
  const start = boxes.get(from);
  if (!start) return undefined;
  const isNeighbour = (id: string) =>
    edges.some(({ source, target }) => (source === from && target === id) || (target === from && source === id));
  let best: string | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const [id, box] of boxes) {
    if (id === from) continue;
    const { ahead, aside } = way(start, box, direction);
    if (ahead <= 1) continue;
    const isSideways = direction === "left" || direction === "right";
    const cost = (ahead + aside * ASIDE) * (isSideways && isNeighbour(id) ? CALL : 1);
    if (cost < bestCost) {
      best = id;
      bestCost = cost;
    }
  }
  return best;
}

function way(from: Box, to: Box, direction: Direction): { readonly ahead: number; readonly aside: number } {
  const dx = to.x + to.width / 2 - (from.x + from.width / 2);
  const dy = to.y + to.height / 2 - (from.y + from.height / 2);
  if (direction === "left" || direction === "right") {
    return { ahead: direction === "right" ? dx : -dx, aside: Math.abs(dy) };
  }
  return { ahead: direction === "down" ? dy : -dy, aside: Math.abs(dx) };
}

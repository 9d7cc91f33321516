// Where everything on the map stands. Layers from left to right, callers before callees. Pure but for the engine that is
// handed in: the same names in the same order of appearance give the same picture, and what is known keeps its place.
import type { ElkNode } from "elkjs/lib/elk-api.js";

export type Point = { readonly x: number; readonly y: number };
export type Box = Point & { readonly width: number; readonly height: number };

/** What a layout depends on; figures are no part of it. */
export type Structure = {
  readonly nodes: readonly { readonly id: string; readonly kind: "service" | "namespace" | "outside" }[];
  readonly edges: readonly { readonly id: string; readonly source: string; readonly target: string }[];
};

export type Layout = {
  readonly boxes: ReadonlyMap<string, Box>;
  /** of each edge, from source to target */
  readonly routes: ReadonlyMap<string, readonly Point[]>;
};

export const SIZE = { width: 188, height: 104 } as const;
export const OUTSIDE_SIZE = { width: 148, height: 60 } as const;

/** As deterministic as ELK is: a fixed seed, and the order of appearance wherever there is a choice. */
const OPTIONS: Readonly<Record<string, string>> = {
  "elk.algorithm": "layered",
  "elk.direction": "RIGHT",
  "elk.randomSeed": "1",
  "elk.edgeRouting": "POLYLINE",
  "elk.aspectRatio": "1.6",
  "elk.spacing.nodeNode": "20",
  "elk.spacing.edgeNode": "20",
  "elk.spacing.edgeEdge": "14",
  "elk.spacing.componentComponent": "40",
  "elk.layered.spacing.nodeNodeBetweenLayers": "64",
  "elk.layered.spacing.edgeNodeBetweenLayers": "20",
  "elk.layered.considerModelOrder.strategy": "PREFER_EDGES",
  "elk.layered.nodePlacement.strategy": "BRANDES_KOEPF",
  "elk.layered.nodePlacement.bk.fixedAlignment": "BALANCED",
};

/** Beyond this a layout is to be quick and low rather than the finest: measured, a quarter of the time and two thirds of the height. */
const MANY = 60;
const OPTIONS_FOR_MANY: Readonly<Record<string, string>> = {
  ...OPTIONS,
  "elk.layered.thoroughness": "2",
  "elk.layered.nodePlacement.strategy": "LINEAR_SEGMENTS",
};

/** The outside first, then by name; who was there before keeps his number. */
export function orderOfAppearance(known: ReadonlyMap<string, number>, { nodes }: Structure): Map<string, number> {
  const order = new Map(known);
  const added = nodes.filter(({ id }) => !known.has(id));
  const rank = (node: Structure["nodes"][number]) => (node.id === "outside" ? 0 : node.kind === "outside" ? 2 : 1);
  added.sort((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  for (const { id } of added) order.set(id, order.size);
  return order;
}

export function elkGraph({ nodes, edges }: Structure, order: ReadonlyMap<string, number>): ElkNode {
  const place = (id: string) => order.get(id) ?? 0;
  return {
    id: "map",
    layoutOptions: nodes.length > MANY ? OPTIONS_FOR_MANY : OPTIONS,
    children: [...nodes]
      .sort((a, b) => place(a.id) - place(b.id))
      .map(({ id, kind }) => ({
        id,
        ...(kind === "outside" ? OUTSIDE_SIZE : SIZE),
        ...(id === "outside" && { layoutOptions: { "elk.layered.layering.layerConstraint": "FIRST" } }),
      })),
    edges: [...edges]
      .sort((a, b) => place(a.source) - place(b.source) || place(a.target) - place(b.target))
      .map(({ id, source, target }) => ({ id, sources: [source], targets: [target] })),
  };
}

export function layoutOf(laidOut: ElkNode): Layout {
  const boxes = new Map<string, Box>();
  const routes = new Map<string, Point[]>();
  for (const { id, x = 0, y = 0, width = 0, height = 0 } of laidOut.children ?? []) {
    boxes.set(id, { x, y, width, height });
  }
  for (const { id, sections } of laidOut.edges ?? []) {
    const points = (sections ?? []).flatMap((one) => [one.startPoint, ...(one.bendPoints ?? []), one.endPoint]);
    routes.set(
      id,
      points.map(({ x, y }) => ({ x, y })),
    );
  }
  return { boxes, routes };
}

/** Moves `next` as a whole, so that those who were there before move as little as can be: by the median of their ways. */
export function aligned(previous: Layout | undefined, next: Layout): Layout {
  const stayed = previous ? [...next.boxes].filter(([id]) => previous.boxes.has(id)) : [];
  if (!previous || stayed.length === 0) return next;
  const dx = median(stayed.map(([id, box]) => previous.boxes.get(id)!.x - box.x));
  const dy = median(stayed.map(([id, box]) => previous.boxes.get(id)!.y - box.y));
  const move = <Moved extends Point>(one: Moved): Moved => ({ ...one, x: one.x + dx, y: one.y + dy });
  return {
    boxes: new Map([...next.boxes].map(([id, box]) => [id, move(box)])),
    routes: new Map([...next.routes].map(([id, points]) => [id, points.map(move)])),
  };
}

export function bounds({ boxes }: Pick<Layout, "boxes">): Box {
  const all = [...boxes.values()];
  const x = Math.min(...all.map((box) => box.x));
  const y = Math.min(...all.map((box) => box.y));
  const right = Math.max(...all.map((box) => box.x + box.width));
  const bottom = Math.max(...all.map((box) => box.y + box.height));
  return { x, y, width: right - x, height: bottom - y };
}

const ROOM = { top: 56, right: 40, bottom: 32, left: 56 } as const;
const MOST_ZOOM = 1.1;
/** smaller, and no name can be read */
const READABLE_ZOOM = 0.36;

/** The viewport that shows all of `box` in a canvas of that size, leaving room for the controls on it, but blows nothing up; of
 *  what would be too small to read, the upper part. */
export function fitting(box: Box, width: number, height: number): { x: number; y: number; zoom: number } {
  const room = { width: width - ROOM.left - ROOM.right, height: height - ROOM.top - ROOM.bottom };
  const whole = Math.min(room.width / box.width, room.height / box.height, MOST_ZOOM);
  const zoom = Math.max(whole, Math.min(READABLE_ZOOM, room.width / box.width));
  return {
    x: ROOM.left + (room.width - box.width * zoom) / 2 - box.x * zoom,
    y: ROOM.top + Math.max(0, room.height - box.height * zoom) / 2 - box.y * zoom,
    zoom,
  };
}

/** False: something has no place yet, or a card stands for what is gone. A call that pauses needs no new layout. */
export function hasPlaces({ boxes, routes }: Layout, { nodes, edges }: Structure): boolean {
  return (
    nodes.length === boxes.size && nodes.every(({ id }) => boxes.has(id)) && edges.every(({ id }) => routes.has(id))
  );
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

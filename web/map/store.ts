// What changes on the map without a new layout: figures, and what is lit. Each card and each line listens for its own part,
// so that a new answer, a pan or a zoom renders nothing that did not change.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { MapAnswer, MapEdge, MapNode } from "../../src/api/types.ts";

export type Standing = "plain" | "lit" | "dimmed";

type Figures = Pick<MapAnswer, "nodes" | "edges">;

export type MapStore = {
  tell(answer: Figures): void;
  /** while the map is being moved its figures stand still: a frame is for moving */
  move(isMoving: boolean): void;
  node(id: string): MapNode | undefined;
  edge(id: string): MapEdge | undefined;
  /** the node or edge under the pointer, with its neighbours */
  hover(id: string | undefined): void;
  /** the node or edge whose panel is open */
  select(id: string | undefined): void;
  standing(id: string): Standing;
  isSelected(id: string): boolean;
  /** selected, or under the pointer */
  isPointedAt(id: string): boolean;
  /** an id with those it calls and that call it */
  neighbourhood(id: string): ReadonlySet<string> | undefined;
  subscribe(listener: () => void): () => void;
};

export function createMapStore(): MapStore {
  const nodes = new Map<string, MapNode>();
  const edges = new Map<string, MapEdge>();
  const listeners = new Set<() => void>();
  let hovered: string | undefined;
  let selected: string | undefined;
  let lit: ReadonlySet<string> | undefined;
  let isMoving = false;
  let waiting: Figures | undefined;

  const say = () => {
    for (const listener of listeners) listener();
  };
  const light = () => {
    const id = hovered ?? selected;
    lit = id === undefined ? undefined : withNeighbours(id, nodes, edges);
    say();
  };

  const take = (answer: Figures) => {
    waiting = undefined;
    keep(nodes, answer.nodes);
    keep(edges, answer.edges);
    light();
  };

  return {
    tell(answer) {
      if (isMoving) waiting = answer;
      else take(answer);
    },
    move(moving) {
      isMoving = moving;
      if (!moving && waiting) take(waiting);
    },
    node: (id) => nodes.get(id),
    edge: (id) => edges.get(id),
    hover(id) {
      if (id === hovered || (isMoving && id !== undefined)) return;
      hovered = id;
      light();
    },
    select(id) {
      if (id === selected) return;
      selected = id;
      light();
    },
    standing: (id) => (lit === undefined ? "plain" : lit.has(id) ? "lit" : "dimmed"),
    isSelected: (id) => id === selected,
    isPointedAt: (id) => id === selected || id === hovered,
    neighbourhood: (id) => withNeighbours(id, nodes, edges),
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** An object that says the same stays the same, so that who shows it need not be rendered. */
function keep<One extends { readonly id: string }>(kept: Map<string, One>, news: readonly One[]): void {
  const ids = new Set(news.map(({ id }) => id));
  for (const id of kept.keys()) if (!ids.has(id)) kept.delete(id);
  for (const one of news) {
    if (JSON.stringify(kept.get(one.id)) !== JSON.stringify(one)) kept.set(one.id, one);
  }
}

/** @returns undefined when there is no such thing any more */
export function withNeighbours(
  id: string,
  nodes: ReadonlyMap<string, MapNode>,
  edges: ReadonlyMap<string, MapEdge>,
): Set<string> | undefined {
  const edge = edges.get(id);
  if (edge) return new Set([id, edge.source, edge.target]);
  if (!nodes.has(id)) return undefined;
  const found = new Set([id]);
  for (const one of edges.values()) {
    if (one.source !== id && one.target !== id) continue;
    found.add(one.id).add(one.source).add(one.target);
  }
  return found;
}

const StoreContext = createContext<MapStore | undefined>(undefined);
export const MapStoreProvider = StoreContext.Provider;

export function useMapStore(): MapStore {
  const store = useContext(StoreContext);
  if (!store) throw new Error("there is no MapStoreProvider above");
  return store;
}

export function useFromMap<Value>(read: (store: MapStore) => Value): Value {
  const store = useMapStore();
  return useSyncExternalStore(store.subscribe, () => read(store));
}

// Lays the map out when there is something on it that has no place yet, or something is gone, and only then. One layout is
// made at a time, and always of the newest; until it is there the old one stays. A call that pauses keeps its way free.
import { useEffect, useRef, useState } from "react";
import { aligned, elkGraph, hasPlaces, type Layout, layoutOf, orderOfAppearance, type Structure } from "./layout.ts";
import { recall, remember } from "./memory.ts";

export function useLayout(structure: Structure | undefined): Layout | undefined {
  const [layout, setLayout] = useState<Layout>();
  const work = useRef<Work>({ order: new Map(), isBusy: false, isOver: false });
  work.current.newest = structure;

  useEffect(() => {
    work.current.isOver = false;
    return () => {
      work.current.isOver = true;
    };
  }, []);

  useEffect(() => {
    if (structure) void layOutNewest(work.current, setLayout);
  }, [structure]);

  return layout;
}

/** After the first paint, not before it. */
export function useWarmEngine(): void {
  useEffect(() => void import("./engine.ts").then(({ warmUp }) => warmUp()), []);
}

type Work = {
  newest?: Structure | undefined;
  done?: Layout | undefined;
  order: Map<string, number>;
  isBusy: boolean;
  isOver: boolean;
};

async function layOutNewest(work: Work, tell: (layout: Layout) => void): Promise<void> {
  if (work.isBusy) return;
  if (work.newest && !work.done) {
    work.done = recall();
    if (work.done) work.order = new Map([...work.done.boxes.keys()].map((id, index) => [id, index]));
    if (work.done && hasPlaces(work.done, work.newest)) tell(work.done);
  }
  work.isBusy = true;
  try {
    while (work.newest && !work.isOver && !(work.done && hasPlaces(work.done, work.newest))) {
      work.order = orderOfAppearance(work.order, work.newest);
      const { layOut } = await import("./engine.ts");
      const laidOut = await layOut(elkGraph(work.newest, work.order));
      work.done = aligned(work.done, layoutOf(laidOut));
      remember(work.done);
      if (!work.isOver) tell(work.done);
    }
  } finally {
    work.isBusy = false;
  }
}

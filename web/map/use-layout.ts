// Lays the map out when its structure changes, and only then. Until the new layout is there the old one stays.
import { useEffect, useRef, useState } from "react";
import { aligned, elkGraph, type Layout, layoutOf, orderOfAppearance, type Structure, structureKey } from "./layout.ts";

export function useLayout(structure: Structure | undefined): Layout | undefined {
  const [layout, setLayout] = useState<Layout>();
  const order = useRef<Map<string, number>>(new Map());
  const previous = useRef<Layout>(undefined);
  const newest = useRef(structure);
  newest.current = structure;
  const key = structure && structureKey(structure);

  useEffect(() => void import("./engine.ts").then(({ warmUp }) => warmUp()), []);

  useEffect(() => {
    if (key === undefined || !newest.current) return;
    let isStale = false;
    order.current = orderOfAppearance(order.current, newest.current);
    const graph = elkGraph(newest.current, order.current);
    void import("./engine.ts")
      .then(({ layOut }) => layOut(graph))
      .then((laidOut) => {
        if (isStale) return;
        previous.current = aligned(previous.current, layoutOf(laidOut));
        setLayout(previous.current);
      });
    return () => {
      isStale = true;
    };
  }, [key]);

  return layout;
}

// All calls of the map, in one SVG beneath the cards.
import { ViewportPortal } from "@xyflow/react";
import { memo } from "react";
import { duration, failed, percent, rate } from "../data/format.ts";
import { bounds, type Layout, type Point } from "./layout.ts";
import { curve, middle, thickness, withArrow } from "./shape.ts";
import { useFromMap, useMapStore } from "./store.ts";

const MARGIN = 80;

export const EdgeLines = memo(function EdgeLines(props: {
  readonly layout: Layout;
  readonly open: (id: string) => void;
}) {
  const { layout, open } = props;
  const { x, y, width, height } = bounds(layout);
  const box = [x - MARGIN, y - MARGIN, width + 2 * MARGIN, height + 2 * MARGIN] as const;
  return (
    <ViewportPortal>
      <svg
        className="edges"
        aria-hidden="true" // the cards and the table say the same
        viewBox={box.join(" ")}
        width={box[2]}
        height={box[3]}
        style={{ transform: `translate(${box[0]}px, ${box[1]}px)` }}
      >
        {[...layout.routes].map(([id, points]) => (
          <EdgeLine key={id} id={id} points={points} open={open} />
        ))}
      </svg>
      <div className="edge-labels">
        {[...layout.routes].map(([id, points]) => (
          <EdgeLabel key={id} id={id} at={points} />
        ))}
      </div>
    </ViewportPortal>
  );
});

type LineProps = { readonly id: string; readonly points: readonly Point[]; readonly open: (id: string) => void };

const EdgeLine = memo(function EdgeLine({ id, points, open }: LineProps) {
  const store = useMapStore();
  const edge = useFromMap((from) => from.edge(id));
  const standing = useFromMap((from) => from.standing(id));
  if (!edge) return null;
  const width = thickness(edge.signals.rps);
  const { line, arrow } = withArrow(points, width);
  const path = curve(line);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: callers and callees of the panel are the way without a pointer
    <g
      className={`edge is-${edge.state} is-${standing}`}
      data-edge={id}
      onClick={() => open(id)}
      onPointerEnter={() => store.hover(id)}
      onPointerLeave={() => store.hover(undefined)}
    >
      <path className="edge-reach" d={path} />
      <path className="edge-line" d={path} style={{ "--width": `${width}px` } as React.CSSProperties} />
      {standing === "lit" && <path className="edge-flow" d={path} strokeWidth={Math.max(width * 0.6, 1.5)} />}
      <path className="edge-arrow" d={arrow} />
    </g>
  );
});

const EdgeLabel = memo(function EdgeLabel({ id, at }: { readonly id: string; readonly at: readonly Point[] }) {
  const edge = useFromMap((from) => (from.isPointedAt(id) ? from.edge(id) : undefined));
  if (!edge) return null;
  const { x, y } = middle(at);
  const { rps, p99, failures } = edge.signals;
  const isWell = edge.state === "good" || edge.state === "unknown";
  return (
    <div className={`edge-label is-${edge.state}`} style={{ left: x, top: y }}>
      <span className="figure">{rate(rps)}</span>
      {p99 !== undefined && <span className="figure">{duration(p99)}</span>}
      {failures > 0 && <span className={`figure ${isWell ? "" : "is-errors"}`}>{percent(failed(edge.signals))}</span>}
    </div>
  );
});

// A call on the way, from who asks to who is asked, with what its requests are like now and were before; it opens the call.
import { Link } from "wouter";
import { useIsNarrow } from "../../data/use-is-narrow.ts";
import { placeHref } from "../../data/use-view.ts";
import type { Metric, View } from "../../data/view.ts";
import type { Point } from "../../map/layout.ts";
import { curve, thickness, withArrow } from "../../map/shape.ts";
import { figureOf, type Step } from "./path.ts";

const LENGTH = 112;
const BREADTH = 16;
/** where the way goes down */
const SHORT = 40;

const FIGURES: Readonly<Record<Metric, string>> = { latency: "p95", errors: "failed", throughput: "asked" };

type CallArrowProps = { readonly step: Step; readonly metric: Metric; readonly view: View };

export function CallArrow({ step, metric, view }: CallArrowProps) {
  const { call, isUpwards } = step;
  const [now, before] = [figureOf(step.now, metric), figureOf(step.before, metric)];
  return (
    <li>
      <Link className="way-call" href={placeHref("/map", view, { call })}>
        <span className="for-readers">{`${call.source} calls ${call.destination}: `}</span>
        <span className="way-now">{now !== undefined && `${FIGURES[metric]} ${now}`}</span>
        <Arrow width={thickness(step.now?.rps ?? 0)} isUpwards={isUpwards} />
        <span className="quiet">{before !== undefined && `${before} before`}</span>
      </Link>
    </li>
  );
}

/** Nobody calls a host. */
export function HostArrow() {
  return (
    <li>
      <span className="way-call">
        <span className="way-now">runs on</span>
        <Arrow width={thickness(0)} isHost />
        <span />
      </span>
    </li>
  );
}

type ArrowProps = { readonly width: number; readonly isUpwards?: boolean; readonly isHost?: boolean };

function Arrow({ width, isUpwards = false, isHost = false }: ArrowProps) {
  const isDown = useIsNarrow();
  const length = isDown ? SHORT : LENGTH;
  const ends: Point[] = [
    { x: 0, y: BREADTH / 2 },
    { x: length, y: BREADTH / 2 },
  ];
  const { line, arrow } = withArrow(isUpwards ? ends.toReversed() : ends, width);
  const [w, h] = isDown ? [BREADTH, length] : [length, BREADTH];
  return (
    <svg width={w} height={h} aria-hidden="true">
      <g
        className={`edge ${isHost ? "is-host" : ""}`}
        {...(isDown && { transform: `translate(${BREADTH} 0) rotate(90)` })}
      >
        <path
          className="edge-line"
          d={curve(isHost ? ends : line)}
          style={{ "--width": `${width}px` } as React.CSSProperties}
        />
        {!isHost && <path className="edge-arrow" d={arrow} />}
      </g>
    </svg>
  );
}

// One chart over time. Charts with the same `group` share a crosshair; the legend says the values beneath it, or the newest.
import { useEffect, useRef, useState } from "react";
import uPlot from "uplot";
import { timeOfDay } from "../../data/format.ts";
import type { Mark } from "../../data/marks.ts";
import { useIsDark } from "../../data/theme.ts";
import { type CaseMark, Cases } from "./cases.tsx";
import { colour, faded } from "./colours.ts";
import { Marks } from "./marks.tsx";
import { Periods, type PeriodsOf } from "./periods.tsx";

export type Line = {
  readonly name: string;
  readonly values: readonly (number | null)[];
  /** of tokens.css */
  readonly token: string;
  readonly dash?: readonly number[];
  readonly isFilled?: boolean;
};

export type ChartProps = {
  readonly title: string;
  readonly unit?: string;
  /** s since the epoch */
  readonly times: readonly number[];
  /** s since the epoch */
  readonly window: readonly [from: number, to: number];
  readonly lines: readonly Line[];
  readonly format: (value: number | undefined) => string;
  /** the axis reaches at least so far */
  readonly least: number;
  readonly group: string;
  readonly hasTimeAxis?: boolean;
  /** which time is looked at, beside which */
  readonly periods?: PeriodsOf;
  /** where something changed */
  readonly marks?: readonly Mark[];
  /** requests that are in it */
  readonly cases?: readonly CaseMark[];
  /** a time was dragged over, s since the epoch */
  readonly onDragged: (from: number, to: number) => void;
  /** the first of its group: its marks are in the order of the keyboard */
  readonly isFirst?: boolean;
};

const HEIGHT = 92;
const TIME_AXIS = 22;
const VALUE_AXIS = 58;
/** px: less is a click */
const SHORTEST_DRAG = 5;
/** right: half of a time with seconds, which may stand at the very end */
const PADDING = { top: 6, right: 28, bottom: 4 };
/** where the lines are drawn, within the chart */
const AREA = {
  top: PADDING.top,
  height: HEIGHT - PADDING.top - PADDING.bottom,
  left: VALUE_AXIS,
  right: PADDING.right,
};

export function Chart(props: ChartProps) {
  const { title, lines, times, format, hasTimeAxis = false, marks = [], cases = [], isFirst = false, periods } = props;
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot>(undefined);
  const newest = useRef(props);
  newest.current = props;
  const [index, setIndex] = useState<number | null>(null);
  const [drag, setDrag] = useState<Drag>();
  const isDark = useIsDark();
  const shape = lines.map(({ name }) => name).join();

  // biome-ignore lint/correctness/useExhaustiveDependencies: theme and shape are what the canvas is made anew for
  useEffect(() => {
    const box = frame.current!;
    const options = optionsOf(newest, { setIndex, setDrag }, box.clientWidth, hasTimeAxis);
    const made = new uPlot(options, dataOf(newest.current), box);
    plot.current = made;
    const resizing = new ResizeObserver(() => made.setSize({ width: box.clientWidth, height: options.height }));
    resizing.observe(box);
    return () => {
      resizing.disconnect();
      made.destroy();
    };
  }, [isDark, shape, hasTimeAxis]);

  useEffect(() => {
    plot.current?.setData(dataOf({ times, lines }));
  }, [times, lines]);

  const at = index ?? times.length - 1;
  return (
    <figure className="chart" aria-label={`${title}: ${summary(lines, format)}`}>
      <figcaption>
        <span className="chart-title">{title}</span>
        {drag ? (
          <span className="chart-asked">{`Why ${clock(drag.from)} – ${clock(drag.to)}?`}</span>
        ) : (
          <span className="chart-legend">
            {lines.map((line) => (
              <span key={line.name} className="chart-value">
                <svg width="14" height="8" aria-hidden="true">
                  <line
                    x1="1"
                    x2="13"
                    y1="4"
                    y2="4"
                    stroke={`var(--${line.token})`}
                    strokeDasharray={line.dash?.join(" ")}
                  />
                </svg>
                {lines.length > 1 && line.name}
                <span className="figure">{format(line.values[at] ?? undefined)}</span>
              </span>
            ))}
          </span>
        )}
      </figcaption>
      <div ref={frame} className="chart-canvas" style={{ height: HEIGHT + (hasTimeAxis ? TIME_AXIS : 0) }}>
        <div className="chart-area" style={AREA}>
          {periods && <Periods periods={periods} window={props.window} />}
          <Marks marks={marks} window={props.window} areFocusable={isFirst} />
          <Cases cases={cases} window={props.window} />
        </div>
      </div>
    </figure>
  );
}

/** s since the epoch */
type Drag = { readonly from: number; readonly to: number };

type Listeners = {
  readonly setIndex: (index: number | null) => void;
  /** while it lasts */
  readonly setDrag: (drag: Drag | undefined) => void;
};

function optionsOf(
  newest: { readonly current: ChartProps },
  { setIndex, setDrag }: Listeners,
  width: number,
  hasTimeAxis: boolean,
): uPlot.Options {
  const { lines, format, least, group } = newest.current;
  const axis: uPlot.Axis = {
    stroke: () => colour("text-3"),
    font: "11px Inter",
    grid: { stroke: () => colour("line"), width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: HEIGHT + (hasTimeAxis ? TIME_AXIS : 0),
    padding: [PADDING.top, PADDING.right, hasTimeAxis ? 0 : PADDING.bottom, 0],
    legend: { show: false },
    cursor: {
      // a drag is that of one chart: shared, each of the group would ask
      sync: { key: group, filters: { pub: (type) => type !== "mousedown" && type !== "mouseup" } },
      drag: { x: true, y: false, setScale: false, dist: SHORTEST_DRAG },
      points: { size: 7, width: 2, fill: () => colour("surface") },
      y: false,
    },
    scales: {
      x: { time: true, range: () => [...newest.current.window] as [number, number] },
      y: { range: (_, _low, high) => [0, Math.max(high ?? 0, least) * 1.08] },
    },
    axes: [
      { ...axis, show: hasTimeAxis, size: TIME_AXIS, space: 58, grid: { show: false }, values: timeLabels },
      { ...axis, size: VALUE_AXIS, space: 26, values: (_, splits) => splits.map((value) => format(value)) },
    ],
    series: [
      {},
      ...lines.map(
        (line): uPlot.Series => ({
          stroke: () => colour(line.token),
          width: 1.5,
          ...(line.dash && { dash: [...line.dash] }),
          ...(line.isFilled && { fill: () => faded(line.token, 0.12) }),
          points: { show: false },
          spanGaps: false,
        }),
      ),
    ],
    hooks: {
      setCursor: [
        (plot) => {
          setIndex(plot.cursor.idx ?? null);
          setDrag(dragOf(plot));
        },
      ],
      setSelect: [
        (plot) => {
          const drag = dragOf(plot);
          plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          setDrag(undefined);
          if (drag) newest.current.onDragged(drag.from, drag.to);
        },
      ],
    },
  };
}

/** Dragged back to where it began, it is none. */
function dragOf({ select, posToVal }: uPlot): Drag | undefined {
  if (select.width < SHORTEST_DRAG) return undefined;
  return { from: posToVal(select.left, "x"), to: posToVal(select.left + select.width, "x") };
}

function clock(seconds: number): string {
  return timeOfDay(new Date(1000 * seconds).toISOString());
}

function timeLabels(_: uPlot, splits: number[]): string[] {
  const hasSeconds = splits.some((split) => split % 60 !== 0);
  return splits.map((split) =>
    new Date(split * 1000).toLocaleTimeString("en-GB", {
      hour: "2-digit",
      minute: "2-digit",
      ...(hasSeconds && { second: "2-digit" }),
    }),
  );
}

function dataOf({ times, lines }: Pick<ChartProps, "times" | "lines">): uPlot.AlignedData {
  return [times as number[], ...lines.map((line) => line.values as (number | null)[])];
}

/** What the picture says, for who does not see it. */
function summary(lines: readonly Line[], format: ChartProps["format"]): string {
  return lines
    .map(({ name, values }) => {
      const known = values.filter((value) => value !== null);
      if (known.length === 0) return `${name} not known`;
      const last = format(known.at(-1));
      return `${name} now ${last}, from ${format(Math.min(...known))} to ${format(Math.max(...known))}`;
    })
    .join("; ");
}

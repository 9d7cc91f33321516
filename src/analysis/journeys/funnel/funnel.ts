// From events to the funnel's document.
import { wilson } from "../../statistics/proportion.ts";
import { attributeOf, type EventLog } from "../log.ts";
import { eachAttempt } from "./attempts.ts";
import { compileFunnel, type Exclusion, type FunnelDefinition } from "./definition.ts";
import { dropOffPaths } from "./drop-off.ts";
import { stopwatch } from "./durations.ts";
import { type Attribution, segmentCounts } from "./segments.ts";
import { trend } from "./trend.ts";
import type { FunnelAnswer, FunnelStep } from "./types.ts";
import { assumptions, verdict } from "./words.ts";

export type Breakdown = { readonly attribute: string; readonly by: Attribution };

/** @returns also what is wrong with the definition, in words that follow "the funnel " */
export function funnelOf(
  log: EventLog,
  definition: FunnelDefinition,
  breakdown?: Breakdown,
): FunnelAnswer | { readonly wrong: string } {
  const funnel = compileFunnel(log, definition);
  if ("wrong" in funnel) return funnel;
  const { timesMs } = log;
  const window = span(timesMs);
  const { steps } = funnel;
  const attribute = breakdown && attributeOf(log, breakdown.attribute);
  if (breakdown && !attribute) return { wrong: `cannot be split by "${breakdown.attribute}", which no event has` };

  const reached = new Uint32Array(steps);
  const between = Array.from({ length: steps - 1 }, stopwatch);
  const total = stopwatch();
  const paths = dropOffPaths(log, steps);
  const course = trend(window?.[0] ?? 0, window?.[1] ?? 0);
  const segments = attribute && breakdown && segmentCounts(attribute, steps, breakdown.by);
  const cases = eachAttempt(log, funnel, definition, (attempt) => {
    const { depth, positions } = attempt;
    const start = timesMs[positions[0] as number] as number;
    let previous = start;
    for (let step = 0; step < depth; step++) {
      reached[step] = (reached[step] as number) + 1;
      const time = timesMs[positions[step] as number] as number;
      // A simultaneous step may be stamped before the one it follows.
      if (step > 0) between[step - 1]?.add(Math.max(0, time - previous));
      previous = time;
    }
    if (depth === steps) total.add(Math.max(0, previous - start));
    else paths.add(attempt);
    course.add(start, depth === steps);
    segments?.add(attempt);
  });

  const rows = stepsOf(definition.steps, reached, (step) => between[step]?.durations().median ?? null);
  const [entered, converted] = [reached[0] as number, reached[steps - 1] as number];
  return {
    schema: "meshwise.dev/answer/v1",
    question: `how many come through ${definition.steps.join(" > ")}`,
    window: window && { from: iso(window[0]), to: iso(window[1]) },
    definition: {
      steps: definition.steps,
      order: definition.order,
      unit: definition.unit,
      windowSeconds: Number.isFinite(definition.windowMs) ? definition.windowMs / 1000 : null,
      exclude: definition.exclusions.map(exclusionText),
      reentry: definition.reentry,
    },
    verdict: verdict(rows, definition.unit),
    counts: { events: timesMs.length, visitors: log.starts.length - 1, cases },
    overall: {
      ...{ entered, converted, rate: entered === 0 ? null : converted / entered, interval: wilson(converted, entered) },
      timeToConvert: total.durations(),
    },
    funnel: rows,
    dropOff: paths.paths(),
    trend: window ? course.points() : [],
    segments:
      segments && breakdown
        ? { attribute: breakdown.attribute, by: String(breakdown.by), values: segments.segments() }
        : null,
    assumptions: assumptions(funnel, definition),
  };
}

function exclusionText({ event, after }: Exclusion): string {
  return after === undefined ? event : `${event}@${after}-${after + 1}`;
}

function stepsOf(
  names: readonly string[],
  reached: Uint32Array,
  medianAfter: (step: number) => number | null,
): FunnelStep[] {
  return names.map((name, at) => {
    const entered = reached[at] as number;
    const continued = reached[at + 1] ?? entered;
    return {
      ...{ step: at + 1, name, entered, continued, lost: entered - continued },
      rate: entered === 0 ? null : continued / entered,
      interval: wilson(continued, entered),
      share: reached[0] === 0 ? null : entered / (reached[0] as number),
      medianSeconds: medianAfter(at),
    };
  });
}

function span(timesMs: Float64Array): readonly [number, number] | null {
  if (timesMs.length === 0) return null;
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // By index, here and elsewhere: an iterator over millions costs more than what is done with each.
  for (let at = 0; at < timesMs.length; at++) {
    const time = timesMs[at] as number;
    if (time < first) first = time;
    if (time > last) last = time;
  }
  return [first, last];
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

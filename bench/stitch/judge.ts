// What is found against what was: shares of requests and of traces that are wholly right.
import { stitcher } from "../../src/observatory/stitch/stitcher.ts";
import { type Baseline, fcfs, vPath } from "./baselines.ts";
import type { SeenSpan, World } from "./world.ts";

type Score = { requests: number; rightRequests: number; traces: number; rightTraces: number };
/** links by tenths of what they claim: how many, how many right, sum of the claims */
export type Calibration = readonly { count: number; right: number; claimed: number }[];

export type Verdict = {
  readonly ours: Score;
  readonly fcfs: Score;
  readonly vPath: Score;
  readonly calibration: Calibration;
  readonly spans: number;
  readonly cpuMs: number;
};

export const CALIBRATION_STEPS = 10;

export function judge(world: World, hasContent: boolean): Verdict {
  const calibration = Array.from({ length: CALIBRATION_STEPS }, () => ({ count: 0, right: 0, claimed: 0 }));
  const parents = {
    ours: new Map<number, number[]>(),
    fcfs: new Map<number, number[]>(),
    vPath: new Map<number, number[]>(),
  };
  let cpuMs = 0;
  let seen = 0;
  for (const [requests, calls] of byService(world.spans)) {
    if (calls.length === 0) continue;
    seen += requests.length + calls.length;
    for (const [name, baseline] of Object.entries({ fcfs, vPath } satisfies Record<string, Baseline>)) {
      for (const [call, parent] of baseline(requests, calls)) parents[name as "fcfs" | "vPath"].set(call, [parent]);
    }
    const spans = [...requests, ...calls].sort((a, b) => a.endUs - b.endUs);
    const ids = new Map<string, number>();
    const exchanges = spans.map(({ id, startUs, endUs, what, side, key, isFailure }) => {
      const name = `${side} ${what} ${isFailure}`;
      if (!ids.has(name)) ids.set(name, [...ids.keys()].filter((other) => other.startsWith(side)).length);
      return {
        id,
        startUs,
        endUs,
        what: ids.get(name) as number,
        ...(hasContent && { tokens: [0, 0, 0, 0, 0, key + 1, 0, 0] }),
      };
    });
    const before = process.cpuUsage();
    const stitch = stitcher(({ call, request, also, confidence }) => {
      const truth = (world.spans[call] as SeenSpan).parents;
      const isRight = request === undefined ? truth.length === 0 : truth.includes(request);
      const step = calibration[Math.min(CALIBRATION_STEPS - 1, Math.floor(confidence * CALIBRATION_STEPS))];
      if (step) {
        step.count++;
        step.claimed += confidence;
        if (isRight) step.right++;
      }
      if (request !== undefined) parents.ours.set(call, [request, ...also]);
    });
    spans.forEach((span, i) => {
      const exchange = exchanges[i] as (typeof exchanges)[number];
      if (span.side === "server") stitch.received(0, exchange);
      else stitch.called(0, exchange);
      stitch.advance(span.endUs);
    });
    stitch.finish();
    const { user, system } = process.cpuUsage(before);
    cpuMs += (user + system) / 1000;
  }
  return {
    ours: score(world.spans, parents.ours),
    fcfs: score(world.spans, parents.fcfs),
    vPath: score(world.spans, parents.vPath),
    ...{ calibration, spans: seen, cpuMs },
  };
}

function byService(spans: readonly SeenSpan[]): [SeenSpan[], SeenSpan[]][] {
  const services: [SeenSpan[], SeenSpan[]][] = [];
  for (const span of spans) {
    const sides = services[span.service] ?? [[], []];
    services[span.service] = sides;
    sides[span.side === "server" ? 0 : 1].push(span);
  }
  for (const sides of services) for (const side of sides) side.sort((a, b) => a.startUs - b.startUs);
  return services;
}

/** A request is right when the calls found for it are those it made; a trace, when all its requests are. */
function score(spans: readonly SeenSpan[], found: ReadonlyMap<number, readonly number[]>): Score {
  const wrong = new Set<number>();
  const callers = new Set<number>();
  for (const span of spans) {
    if (span.side !== "client") continue;
    callers.add(span.service);
    const ours = found.get(span.id) ?? [];
    for (const parent of span.parents) if (!ours.includes(parent)) wrong.add(parent);
    for (const parent of ours) if (!span.parents.includes(parent)) wrong.add(parent);
  }
  const wrongTraces = new Set([...wrong].map((request) => rootOf(spans, request)));
  const requests = spans.filter(({ side, service }) => side === "server" && callers.has(service));
  const roots = spans.filter(({ side, parents }) => side === "server" && parents.length === 0);
  return {
    requests: requests.length,
    rightRequests: requests.filter(({ id }) => !wrong.has(id)).length,
    traces: roots.length,
    rightTraces: roots.filter(({ id }) => !wrongTraces.has(id)).length,
  };
}

function rootOf(spans: readonly SeenSpan[], id: number): number {
  let at = id;
  for (;;) {
    const parent = spans[at]?.parents[0];
    if (parent === undefined) return at;
    at = parent;
  }
}

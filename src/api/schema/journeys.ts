// The answers about journeys.
import { z } from "@hono/zod-openapi";
import type {
  JourneyEdge,
  JourneyGoal,
  JourneysAnswer,
  ProposedFunnel,
} from "../../analysis/journeys/discovery/types.ts";
import type { Durations } from "../../analysis/journeys/funnel/durations.ts";
import type { DropOff, FunnelAnswer, FunnelStep, Segment, TrendPoint } from "../../analysis/journeys/funnel/types.ts";
import type {
  HandOver,
  LiveFunnel,
  LiveJourneys,
  LiveLoss,
  MarkedChange,
  Seen,
} from "../../analysis/journeys/visits/answers.ts";
import type { LossAnswer, LossFinding, LossSegment, MixShift } from "../../analysis/journeys/why/types.ts";
import { count, share } from "./common.ts";
import { exactly } from "./exact.ts";
import { changeRow } from "./rows.ts";

const time = z.iso.datetime();
const schema = z.literal("meshwise.dev/answer/v1");
const unit = z.enum(["visitor", "session"]);
const interval = z.tuple([z.number(), z.number()]);
const p = z.number().openapi({ description: "adjusted for all that was looked at" });
const texts = z.array(z.string());
const counts = z.strictObject({ events: count, visitors: count, cases: count });

const seen = exactly<Seen>()({
  since: time.nullable().openapi({ description: "from when on there are visits" }),
  visitors: exactly<Seen["visitors"]>()({ people: count, weak: count, robots: count }),
  optedOut: count.openapi({ description: "requests with Sec-GPC" }),
  shed: count,
  inferred: count,
  notes: texts.openapi({ description: "what is missing, a sentence each" }),
}).openapi("SeenVisitors");

const changes: z.ZodType<MarkedChange[]> = z.array(changeRow);

export const journeysAnswer = exactly<LiveJourneys>()({
  schema,
  question: z.literal("which ways do visitors take"),
  verdict: z.string(),
  unit,
  counts,
  steps: z.array(exactly<JourneysAnswer["steps"][number]>()({ event: z.string(), cases: count, share })),
  ignored: z.array(
    exactly<JourneysAnswer["ignored"][number]>()({
      event: z.string(),
      because: z.enum(["asset", "poll", "goes-along"]),
    }),
  ),
  graph: z.array(
    exactly<JourneyEdge>()({ from: z.string(), to: z.string(), count, dependency: z.number().min(-1).max(1) }),
  ),
  coverage: exactly<JourneysAnswer["coverage"]>()({ cases: share, steps: share }),
  paths: z.array(exactly<JourneysAnswer["paths"][number]>()({ path: texts, cases: count, share })),
  goals: z.array(
    exactly<JourneyGoal>()({ event: z.string(), cases: count, share, score: z.number(), because: z.string() }),
  ),
  funnels: z.array(
    exactly<ProposedFunnel>()({
      steps: texts,
      entered: count,
      converted: count,
      rate: share.nullable(),
      support: share,
      command: z.string(),
    }),
  ),
  seen,
  declared: z.array(exactly<LiveJourneys["declared"][number]>()({ name: z.string(), steps: texts })),
}).openapi("JourneysAnswer");

const durations = exactly<Durations>()({
  count,
  median: count.nullable(),
  quartiles: z.tuple([count, count]).nullable(),
  p90: count.nullable(),
  distribution: z.array(exactly<Durations["distribution"][number]>()({ upTo: count.nullable(), count })),
});

const step = exactly<FunnelStep>()({
  step: count,
  name: z.string(),
  entered: count,
  continued: count,
  lost: count,
  rate: share.nullable(),
  interval,
  share: share.nullable(),
  medianSeconds: count.nullable(),
});

const segment = exactly<Segment>()({
  value: z.string(),
  reached: z.array(count),
  rate: share,
  interval,
  p,
  differs: z.enum(["better", "worse"]).nullable(),
});

const dropOff = exactly<DropOff>()({
  step: count,
  lost: count,
  next: z.array(exactly<DropOff["next"][number]>()({ path: texts, count, share })),
});

const point = exactly<TrendPoint>()({
  from: time,
  seconds: count,
  entered: count,
  converted: count,
  rate: share.nullable(),
  interval,
});

const name = z.string().nullable().openapi({ description: "of a declared journey" });

export const funnelAnswer = exactly<LiveFunnel>()({
  schema,
  question: z.string(),
  window: exactly<NonNullable<FunnelAnswer["window"]>>()({ from: time, to: time }).nullable(),
  definition: exactly<FunnelAnswer["definition"]>()({
    steps: texts,
    order: z.enum(["ordered", "strict", "any"]),
    unit,
    windowSeconds: count.nullable(),
    exclude: texts,
    reentry: z.enum(["once", "every"]),
  }),
  verdict: z.string(),
  counts,
  overall: exactly<FunnelAnswer["overall"]>()({
    entered: count,
    converted: count,
    rate: share.nullable(),
    interval,
    timeToConvert: durations,
  }),
  funnel: z.array(step),
  dropOff: z.array(dropOff),
  trend: z.array(point),
  segments: exactly<NonNullable<FunnelAnswer["segments"]>>()({
    attribute: z.string(),
    by: z.string(),
    values: z.array(segment),
  }).nullable(),
  assumptions: texts,
  name,
  seen,
  changes,
}).openapi("FunnelAnswer");

const agreement = z.enum(["agrees", "contradicts", "silent"]);

const finding = exactly<LossFinding>()({
  rank: count,
  class: z.enum(["failure", "slowness", "place"]),
  event: z.string(),
  what: z.string(),
  where: z.string().nullable(),
  sentence: z.string(),
  exposed: count,
  difference: z.number(),
  p,
  attributable: z.number(),
  interval,
  comparisons: exactly<LossFinding["comparisons"]>()({
    exposure: z.literal("agrees"),
    onset: agreement,
    dose: agreement,
  }),
  since: time.nullable(),
  odds: z.number(),
}).openapi("LossFinding");

const lossSegment = exactly<LossSegment>()({
  event: z.string(),
  what: z.string(),
  cases: count,
  difference: z.number(),
  p,
  odds: z.number(),
});

export const lossAnswer = exactly<LiveLoss>()({
  schema,
  question: z.string(),
  step: count,
  verdict: z.string(),
  state: z.enum(["explained", "partly", "not-technical", "undetermined", "not-enough-data"]),
  lost: exactly<LossAnswer["lost"]>()({
    step: count,
    entered: count,
    visitors: count,
    attributable: z.number(),
    interval,
    because: z.enum(["finding", "not-technical", "undetermined"]),
    technicalAtMost: share.nullable(),
    moreNeeded: count.nullable(),
  }),
  findings: z.array(finding),
  segments: z.array(lossSegment),
  change: exactly<NonNullable<LossAnswer["change"]>>()({
    at: time,
    before: share,
    after: share,
    mix: exactly<MixShift>()({ attribute: z.string(), explained: z.number() }).nullable(),
  }).nullable(),
  assumptions: texts,
  name,
  seen,
  changes,
  why: exactly<HandOver>()({
    service: z.string(),
    command: z.string(),
    verdict: z.string(),
    cause: z.string().nullable(),
  }).nullable(),
}).openapi("LossAnswer");

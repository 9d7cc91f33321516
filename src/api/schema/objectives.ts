// Documents of objectives and incidents.
import { z } from "@hono/zod-openapi";
import type { Fall } from "../../analysis/objectives/conversion.ts";
import { type Incident, MOMENTS, type Moment } from "../../analysis/objectives/incident.ts";
import type { BurnRate } from "../../analysis/objectives/judge.ts";
import { OBJECTIVE_STATES, type ObjectiveRow } from "../../analysis/objectives/row.ts";
import type { IncidentRow, IncidentsAnswer, ObjectivesAnswer } from "../types.ts";
import { count, share, time } from "./common.ts";
import { exactly } from "./exact.ts";
import { lossAnswer } from "./journeys.ts";
import { whyAnswer } from "./why.ts";

const burnRate = exactly<BurnRate>()({
  burn: count.openapi({ description: "at which it burns: so many times the allowed rate, over both windows" }),
  longS: count.openapi({ description: "seconds of the long window" }),
  shortS: count.openapi({ description: "seconds of the short window" }),
  long: count.openapi({ description: "times the allowed rate, over the long window" }),
  short: count.openapi({ description: "and over the short one" }),
}).openapi("BurnRate");

const budgetLeft = z
  .number()
  .optional()
  .openapi({ description: "share of what may be bad in the window; below 0: more was; absent of a journey" });

const fall = exactly<Fall>()({
  seconds: count.openapi({ description: "of those who began in so long" }),
  entered: count,
  reached: count,
  expected: share.openapi({ description: "that was promised, or that there was before" }),
}).openapi("ConversionFall");

const of = {
  objective: z.string(),
  service: z.string().openapi({ description: "empty of a journey" }),
  namespace: z.string(),
  route: z.string().optional(),
  journey: z
    .string()
    .optional()
    .openapi({ description: "declared; requests are those who began it, bad those who did not come through" }),
  goal: z.string().openapi({ example: "99.9 % without failure" }),
  budgetLeft,
};

const objectiveRow = exactly<ObjectiveRow>()({
  ...of,
  windowSeconds: count,
  state: z.enum(OBJECTIVE_STATES),
  requests: count.openapi({ description: "in the window, as far as there are figures" }),
  bad: count,
  good: share.optional(),
  burnRates: z.array(burnRate),
  incident: z.string().optional().openapi({ description: "id of the open one" }),
}).openapi("ObjectiveRow");

const incidentFields = {
  ...of,
  id: z.string(),
  state: z.enum(["open", "closed"]),
  opened: time,
  closed: time.optional(),
  sentence: z.string(),
};

const incidentRow = exactly<IncidentRow>()({
  ...incidentFields,
  cause: z.string().optional().openapi({ description: "the verdict of its answer to why, once there is one" }),
}).openapi("IncidentRow");

const moment = exactly<Moment>()({ time, what: z.enum(MOMENTS), text: z.string() });

export const incidentDocument = exactly<Incident>()({
  ...incidentFields,
  schema: z.literal("meshwise.dev/incident/v1"),
  burnRate: burnRate.optional(),
  fall: fall.optional().openapi({ description: "of a journey: how many come through, as it opened" }),
  why: whyAnswer.optional(),
  loss: lossAnswer.optional().openapi({ description: "of a journey: why visitors are lost" }),
  timeline: z.array(moment),
}).openapi("Incident");

export const objectivesAnswer = exactly<ObjectivesAnswer>()({ asOf: time, rows: z.array(objectiveRow) });
export const incidentsAnswer = exactly<IncidentsAnswer>()({ asOf: time, rows: z.array(incidentRow) });

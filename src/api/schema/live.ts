// The events of a live stream.
import { z } from "@hono/zod-openapi";
import type { AnswerEvent, LiveTapAnswer, ProblemEvent } from "../types.ts";
import { apiProblem, count, envelopeFields } from "./common.ts";
import { exactly } from "./exact.ts";
import { tapRow } from "./rows.ts";

const liveTapAnswer: z.ZodType<LiveTapAnswer> = z
  .strictObject({
    ...envelopeFields,
    rows: z.array(tapRow).openapi({ description: "new since the event before; in the first one the newest 50" }),
    skipped: count.openapi({ description: "so many more met the filter: at most 100 a second are shown" }),
  })
  .openapi("LiveTapAnswer");

const answerEvent = exactly<AnswerEvent>()({
  ask: z.string(),
  answer: z.union([liveTapAnswer, z.looseObject(envelopeFields)]).openapi({
    description: "LiveTapAnswer to `/tap` without a window; to any other question the document that it has by itself",
  }),
}).openapi("AnswerEvent");

const problemEvent = exactly<ProblemEvent>()({ ask: z.string(), problem: apiProblem }).openapi("ProblemEvent");

/** of each event's data */
export const liveEvent = z.union([answerEvent, problemEvent]).openapi({
  description:
    "`event: answer` has an AnswerEvent as its data, `event: problem` a ProblemEvent; a comment is a sign of life",
});

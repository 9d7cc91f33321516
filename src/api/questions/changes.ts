// What changed: deployments, scaling, restarts, failures, configuration.
import { answer, changeRow } from "../answer.ts";
import { service, windowFields, windowOf } from "../parameters.ts";
import { question } from "../question.ts";
import { answerOf } from "../schema/common.ts";
import { changeRow as changeRowSchema } from "../schema/rows.ts";

export const changes = question({
  path: "/changes",
  summary: "What changed: deployments, scaling, restarts, failures, configuration",
  parameters: { ...windowFields, service: service("only those of this one, and of the mesh itself") },
  answer: answerOf(changeRowSchema),
  ask: ({ clock, observatory }, query) =>
    answer(observatory.queries.changes(windowOf(query, clock.nowUs()), query.service), changeRow),
});

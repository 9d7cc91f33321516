// What changed: deployments, scaling, restarts, ejections, configuration, …
import { CHANGE_KINDS, type ChangeKind } from "../../model/change.ts";
import { answer, changeRow } from "../answer.ts";
import { invalid, parameter, service, windowFields, windowOf } from "../parameters.ts";
import { question } from "../question.ts";
import { answerOf } from "../schema/common.ts";
import { changeRow as changeRowSchema } from "../schema/rows.ts";

const kind = parameter(`one or more of ${CHANGE_KINDS.join(", ")}`, "deployment,scaling", (text) =>
  text.split(",").map((one): ChangeKind => {
    const found = CHANGE_KINDS.find((known) => known === one);
    if (!found) throw invalid(`kind must be one or more of ${CHANGE_KINDS.join(", ")}, not ${one}`);
    return found;
  }),
);

export const changes = question({
  path: "/changes",
  summary: "What changed: deployments, scaling, restarts, failures, ejections, open breakers, configuration",
  parameters: { ...windowFields, service: service("only those of this one, and of the mesh itself"), kind },
  answer: answerOf(changeRowSchema),
  ask: ({ clock, observatory }, query) =>
    answer(
      observatory.queries.changes(windowOf(query, clock.nowUs()), { service: query.service, kinds: query.kind }),
      changeRow,
    ),
});

// What there is now: workloads, and the mesh's own processes.
import { answer } from "../answer.ts";
import { question } from "../question.ts";
import { answerOf } from "../schema/common.ts";
import { processRow, workloadRow } from "../schema/rows.ts";

export const workloads = question({
  path: "/workloads",
  summary: "The workloads, their state and what they use",
  parameters: {},
  answer: answerOf(workloadRow),
  ask: ({ observatory }) => answer(observatory.queries.workloads(), (row) => row),
});

export const processes = question({
  path: "/processes",
  summary: "The mesh's own processes and what they cost",
  parameters: {},
  answer: answerOf(processRow),
  ask: ({ observatory }) => answer(observatory.queries.processes(), (row) => row),
});

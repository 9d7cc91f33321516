// `meshwise health`: the whole mesh in one sentence, then what is not well.
import type { Command } from "commander";
import type { HealthAnswer, HealthState, ServiceHealth } from "../../api/types.ts";
import { sayGaps } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import {
  type OutputOptions,
  outputOption,
  projectOf,
  projectOptions,
  type WindowOptions,
  windowOptions,
  windowParameters,
} from "../options.ts";
import { type Tone, tint } from "../output/colour.ts";
import { emit } from "../output/emit.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";
import { runningProject } from "../project.ts";

type Options = OutputOptions & WindowOptions;

const TONE: Readonly<Record<HealthState, Tone>> = { good: "good", warning: "warning", bad: "bad", unknown: "quiet" };

const COLUMNS: readonly Column<ServiceHealth>[] = [
  { title: "SERVICE", cell: (row) => row.service },
  { title: "STATE", cell: (row) => ({ text: row.state, tone: TONE[row.state] }) },
  { title: "NAMESPACE", wide: true, cell: (row) => row.namespace || "outside" },
  { title: "WHY", cell: (row) => row.reasons.join(" ") },
];

export const health: Register = (program, act) => {
  const command = outputOption(windowOptions(projectOptions(program.command("health")), "60s"));
  manual(command, {
    summary: "How well the mesh is, in one sentence, and each service that is not",
    more: `A service is bad when no workload of it is ready, or when more than 2 % of its requests fail beyond doubt; a
warning when some workloads are missing, or more than 0.5 % fail. Answers of 4xx, and what callers break off, are no
failures. One that only passes on the failures of what it calls is named after its cause. Exit code 1 when bad.`,
    examples: {
      "meshwise health": "over the last minute",
      "meshwise health --since 15m": "over a quarter of an hour",
      "meshwise health -o json": "for programs",
    },
    seeAlso: "health = is something wrong; stat = how each service does; check = is the mesh itself healthy.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const answer = await observatoryOf(state, context.clock).health(windowParameters(options));
      const view = { document: answer, rows: answer.rows, lines: (style: TableStyle) => lines(answer, style) };
      await emit(view, options.output, context.out);
      await sayGaps(context, answer);
      return answer.health.state === "bad" ? EXIT.failure : EXIT.ok;
    }),
  );
};

function lines({ health, rows }: HealthAnswer, style: TableStyle): string[] {
  const sentence = tint(health.sentence, TONE[health.state], style.colour);
  return rows.length === 0 ? [sentence] : [sentence, "", ...table(COLUMNS, rows, style)];
}

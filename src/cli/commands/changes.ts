// `meshwise changes`: what changed, and when.
import type { Command } from "commander";
import type { Answer, ChangeRow } from "../../api/types.ts";
import { answerView, figures } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
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
import type { Column } from "../output/table.ts";
import { runningProject } from "../project.ts";

const COLUMNS: readonly Column<ChangeRow>[] = [
  { title: "TIME", cell: (row) => row.time },
  { title: "KIND", cell: (row) => row.kind },
  { title: "SERVICE", cell: (row) => row.service || "(mesh)" },
  { title: "WHAT", cell: (row) => row.text },
];

export const changes: Register = (program, act) => {
  const command = program.command("changes").argument("[service]", "only those of this one, and of the mesh itself");
  outputOption(windowOptions(projectOptions(command), "1h"));
  manual(command, {
    summary: "What changed and may explain something: deployments, scaling, restarts, failures, configuration",
    examples: {
      "meshwise changes": "everything in the last hour",
      "meshwise changes cart --since 1d": "what happened to cart since yesterday",
      "meshwise changes -o json": "for programs",
    },
    seeAlso: "changes = what was done; health = what is not well; stat --step = figures over time.",
  });
  command.action(
    act(
      async (context: Context, service: string | undefined, options: OutputOptions & WindowOptions, self: Command) => {
        const ask = async (): Promise<Answer<ChangeRow>> => {
          const { state } = await runningProject(context, projectOf(self));
          return observatoryOf(state, context.clock).changes({
            ...(options.since === undefined && options.from === undefined && { since: "1h" }),
            ...windowParameters(options),
            service,
          });
        };
        const view = (answer: Answer<ChangeRow>) => answerView(answer, COLUMNS);
        const nothing = "Nothing changed in that time. Try a longer --since, such as --since 1d.";
        return figures({ context, format: options.output, isWatched: false, ask, view, nothing });
      },
    ),
  );
};

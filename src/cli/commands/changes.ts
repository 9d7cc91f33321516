// `meshwise changes`: what changed, and when.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Answer, ChangeRow } from "../../api/types.ts";
import { CHANGE_KINDS } from "../../model/change.ts";
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

type Options = OutputOptions & WindowOptions & { readonly kind?: string };

const COLUMNS: readonly Column<ChangeRow>[] = [
  { title: "TIME", cell: (row) => row.time },
  { title: "KIND", cell: (row) => row.kind },
  { title: "SERVICE", cell: (row) => row.service || "(mesh)" },
  { title: "WHAT", cell: (row) => row.text },
];

export const changes: Register = (program, act) => {
  const command = program.command("changes").argument("[service]", "only those of this one, and of the mesh itself");
  outputOption(windowOptions(projectOptions(command), "1h")).addOption(
    new Option("--kind <kinds>", `only these, separated by commas: ${CHANGE_KINDS.join(", ")}`).argParser(kinds),
  );
  manual(command, {
    summary: "What changed and may explain something: deployments, scaling, restarts, ejections, configuration",
    more: "All of it is seen by the mesh itself; nobody has to announce anything. breaker: a circuit breaker refuses requests; ejection: a workload is given none; oom: the kernel ended a process for want of memory.",
    examples: {
      "meshwise changes": "everything in the last hour",
      "meshwise changes cart --since 1d": "what happened to cart since yesterday",
      "meshwise changes --kind restart,oom,failure": "what ended that should not have",
      "meshwise changes -o json": "for programs",
    },
    seeAlso: "changes = what was done; health = what is not well; stat --step = figures over time.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      const ask = async (): Promise<Answer<ChangeRow>> => {
        const { state } = await runningProject(context, projectOf(self));
        return observatoryOf(state, context.clock).changes({
          ...(options.since === undefined && options.from === undefined && { since: "1h" }),
          ...windowParameters(options),
          service,
          kind: options.kind,
        });
      };
      const view = (answer: Answer<ChangeRow>) => answerView(answer, COLUMNS);
      const nothing = "Nothing changed in that time. Try a longer --since, such as --since 1d.";
      return figures({ context, format: options.output, isWatched: false, ask, view, nothing });
    }),
  );
};

function kinds(text: string): string {
  for (const kind of text.split(",")) {
    if (CHANGE_KINDS.some((known) => known === kind)) continue;
    throw new InvalidArgumentError(`There is no kind ${kind}; there are ${CHANGE_KINDS.join(", ")}.`);
  }
  return text;
}

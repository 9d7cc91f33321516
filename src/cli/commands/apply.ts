// `meshwise apply`: routes, gateways and policies for a running project, besides those in its files.
import type { Command } from "commander";
import { tell } from "../apply.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { objectTexts } from "../object-texts.ts";
import { projectOf, projectOptions } from "../options.ts";
import { runningProject } from "../project.ts";

type Options = { readonly filename: readonly string[]; readonly dryRun?: boolean };

export const apply: Register = (program, act) => {
  const command = projectOptions(program.command("apply"), "--file <path>")
    .requiredOption("-f, --filename <path...>", "file, folder of *.yaml files, or - for standard input")
    .option("--dry-run", "say what would be, and change nothing");
  manual(command, {
    summary: "Bring routes, gateways and policies into force, and keep them over a restart",
    more: `Returns when every worker has them. Files meshwise.yaml and meshwise/*.yaml beside the Compose file need no
\`apply\`: they are watched, and an object in one of them wins over one of the same kind and name that was applied.`,
    examples: {
      "meshwise apply -f canary.yaml": "the objects of a file",
      "meshwise apply -f routes/ --dry-run": "what the objects of a folder would do",
      "kubectl get httproute cart -o yaml | meshwise apply -f -": "from standard input",
    },
    seeAlso:
      "apply = change routes and policies; get = see them with their status; delete = remove them; up = services.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      const texts = await objectTexts(context, options.filename);
      const { client } = await runningProject(context, projectOf(self));
      await tell(context, client.applyObjects({ texts, isDryRun: options.dryRun === true }));
      return 0;
    }),
  );
};

// `meshwise backup FILE`: everything that is stored, in one file, while the project runs.
import { renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type ProjectOptions, projectOf, projectOptions } from "../options.ts";
import { bytes } from "../output/format.ts";
import { runningProject } from "../project.ts";

export const backup: Register = (program, act) => {
  const command = projectOptions(
    program.command("backup").argument("<file>", "where it goes; replaced when it is there"),
  );
  manual(command, {
    summary: "Copy the store of a running project into a file: exchanges, figures, changes, what applications said",
    more: "The file is a DuckDB database, whole at one moment. Nothing stops meanwhile. Logs of workloads are files of their own.",
    examples: {
      "meshwise backup shop.duckdb": "the project of this folder",
      "meshwise backup -p shop /var/backups/shop-$(date +%F).duckdb": "a project by its name, one file a day",
    },
    seeAlso: "restore = the way back; sql = a question to the store as it is.",
  });
  command.action(
    act(async (context: Context, name: string, _options: ProjectOptions, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const file = resolve(context.directory, name);
      const part = `${file}.part`;
      const remove = () => rmSync(part, { force: true });
      const forget = context.signals.beforeExit(remove);
      try {
        const size = await Bun.write(part, await observatoryOf(state, context.clock).backup());
        renameSync(part, file);
        await say(context, `${file} has the store of ${state.project}, ${bytes(size)}.`);
        return 0;
      } finally {
        remove();
        forget();
      }
    }),
  );
};

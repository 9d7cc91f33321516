// `meshwise restore FILE`: a backup takes the place of a running project's store.
import { chmodSync, constants, copyFileSync, renameSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { MeshError } from "../../base/errors/index.ts";
import { stateDirectory } from "../../model/state-directory.ts";
import { restoredFile, storeFile } from "../../observatory/store/files.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type ProjectOptions, projectOf, projectOptions } from "../options.ts";
import { type Running, runningProject } from "../project.ts";

const LOOK_EVERY_MS = 100;
const BACK_WITHIN_MS = 30_000;

export const restore: Register = (program, act) => {
  const command = projectOptions(program.command("restore").argument("<file>", "what `meshwise backup` wrote"));
  manual(command, {
    summary: "Put a backup in the place of a running project's store",
    more: `The file is checked first. Then the observatory is started anew, which takes a second; services and their traffic are
not touched, and what happens meanwhile is counted. What was stored before is kept beside the store, with \`.aside-\` in its
name; the two newest such files stay.`,
    examples: {
      "meshwise restore shop.duckdb": "the project of this folder",
      "meshwise restore -p shop /var/backups/shop-2030-01-31.duckdb": "a project by its name",
    },
    seeAlso: "backup = the way there.",
  });
  command.action(
    act(async (context: Context, name: string, _options: ProjectOptions, self: Command) => {
      const running = await runningProject(context, projectOf(self));
      const file = resolve(context.directory, name);
      const { checkBackup } = await import("../../observatory/store/backup.ts"); // with DuckDB
      await checkBackup(file);
      const { project } = running.state;
      stage(context, file, restoredFile(storeFile(stateDirectory(project, context.environment).store)));
      await running.client.restartObservatory();
      await isBack(context, running);
      await say(context, `${project} has the store of ${file}.`);
      return 0;
    }),
  );
};

/** Whole, or not at all. */
function stage(context: Context, file: string, to: string): void {
  const part = `${to}.part`;
  const remove = () => rmSync(part, { force: true });
  const forget = context.signals.beforeExit(remove);
  try {
    copyFileSync(file, part, constants.COPYFILE_FICLONE);
    chmodSync(part, 0o600);
    renameSync(part, to);
  } catch (thrown) {
    throw new MeshError("store_unwritable", `${to} (${thrown instanceof Error ? thrown.message : thrown})`);
  } finally {
    remove();
    forget();
  }
}

async function isBack({ clock }: Context, { client }: Running): Promise<void> {
  const deadline = clock.monotonicMs() + BACK_WITHIN_MS;
  while ((await client.state()).apiUrl === undefined) {
    if (clock.monotonicMs() > deadline)
      throw new MeshError("observatory_silent", `${BACK_WITHIN_MS / 1000} s after it was started anew`);
    await clock.sleep(LOOK_EVERY_MS);
  }
}

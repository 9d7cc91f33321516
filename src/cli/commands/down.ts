// `meshwise down`: stops everything of the project; what it kept (logs, figures) stays.
import type { Command } from "commander";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type ProjectOptions, projectOf, projectOptions } from "../options.ts";
import { findRunning } from "../project.ts";
import { stopProject } from "../session.ts";

export const down: Register = (program, act) => {
  const command = projectOptions(program.command("down"));
  manual(command, {
    summary: "Stop the project: every workload, and the mesh around them",
    more: "Logs and figures stay in the state directory. When nothing runs there is nothing to do, which is no failure.",
    examples: { "meshwise down": "the project of this folder", "meshwise down -p shop": "a project by its name" },
  });
  command.action(
    act(async (context: Context, _options: ProjectOptions, self: Command) => {
      const running = await findRunning(context, projectOf(self));
      if (running) await stopProject(context, running.client, running.state.pid);
      else await say(context, "No project is running here: nothing to stop.");
      return 0;
    }),
  );
};

// `meshwise dashboard`: the address of the web page, and the page itself where there is a screen to show it on.
import type { Command } from "commander";
import { MeshError } from "../../base/errors/index.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { emit, isForPeople } from "../output/emit.ts";
import { runningProject } from "../project.ts";

type Options = OutputOptions & { readonly open: boolean };

export const dashboard: Register = (program, act) => {
  const command = outputOption(projectOptions(program.command("dashboard")));
  command.option("--no-open", "only print the address");
  manual(command, {
    summary: "The web page of the running project: its address, opened in the browser when there is a screen",
    examples: {
      "meshwise dashboard": "print the address and open it",
      "meshwise dashboard --no-open": "only print it",
      "meshwise dashboard -o json": "for programs",
    },
    seeAlso: "Every panel of the page names the command that shows the same.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      if (!state.apiUrl) throw new MeshError("observatory_silent", `project ${state.project}`);
      const url = `${state.apiUrl}/`;
      const document = { project: state.project, url };
      await emit({ document, rows: [document], lines: () => [url] }, options.output, context.out);
      if (!options.open || !isForPeople(options.output) || !hasScreen(context)) return 0;
      if (!opened(url))
        await say(context, "No browser could be opened (`xdg-open` is missing): open the address yourself.");
      return 0;
    }),
  );
};

/** A person reads what we print, and has a display. */
function hasScreen({ out, environment }: Context): boolean {
  return out.isTty && Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
}

/** The browser lives on when we end. */
function opened(url: string): boolean {
  const opener = Bun.which("xdg-open");
  if (!opener) return false;
  Bun.spawn([opener, url], { stdio: ["ignore", "ignore", "ignore"], detached: true }).unref();
  return true;
}

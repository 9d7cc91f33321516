// `meshwise up`: brings the project to what its Compose file says, then follows its logs (or not, with -d).
import type { Command } from "commander";
import { stateDirectory } from "../../model/state-directory.ts";
import { tell } from "../apply.ts";
import { type Context, say } from "../context.ts";
import { ended, followLogs, sayPublished } from "../follow.ts";
import { manual } from "../help.ts";
import { projectOf, projectOptions } from "../options.ts";
import type { Register } from "../program.ts";
import { composeFile, findRunning, projectEnvironment } from "../project.ts";
import { type Session, stop, untilSignal } from "../session.ts";
import { startHost } from "../start-host.ts";

type Options = { readonly detach?: boolean };

export const up: Register = (program, act) => {
  const command = projectOptions(program.command("up"));
  command.option("-d, --detach", "return when it is up, and let it run");
  manual(command, {
    summary: "Start the services of the Compose file in the mesh, and follow their logs",
    more: `While the project runs, \`up\` applies what changed in the file, rolling only that.
Ctrl-C stops what this command started, a second one at once. If the project ran before, Ctrl-C only ends the view.`,
    examples: {
      "meshwise up": "start, and follow the logs until Ctrl-C",
      "meshwise up -d": "start, and return when everything is up",
      "meshwise up -f shop/compose.yaml -p shop2": "another file, another name",
    },
    seeAlso: "down = stop it; ps = what runs; logs = what it says; check --pre = whether this machine can run it.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      const isForeground = options.detach !== true;
      const place = projectOf(self);
      const file = composeFile(context, place);
      const environment = projectEnvironment(context, place);
      // Mistakes in the file are best told before anything is started or asked.
      const { readCompose } = await import("../../control/compose/read.ts");
      const { project } = readCompose(file, environment);
      const running = await findRunning(context, { ...place, file });
      const stateRoot = stateDirectory(project.name, context.environment).root;
      const session: Session = running
        ? { client: running.client, pid: running.state.pid }
        : await startHost(context, { composeFile: file, stateRoot, environment, followsUs: isForeground });
      return untilSignal(context, session, (interrupted) =>
        bringUp(context, session, { composeFile: file, environment }, isForeground, interrupted),
      );
    }),
  );
};

async function bringUp(
  context: Context,
  session: Session,
  request: { readonly composeFile: string; readonly environment: Readonly<Record<string, string>> },
  isForeground: boolean,
  interrupted: AbortSignal,
): Promise<number> {
  const { client } = session;
  if (!isForeground) {
    await tell(context, client.apply(request));
    await sayPublished(context, client);
    return 0;
  }
  const names = (await client.state()).workloads.map(({ id }) => id);
  // Before the change, so that no line of it is missed.
  const following = followLogs(context, client, names);
  following.catch(() => {});
  await tell(context, client.apply(request));
  await sayPublished(context, client);
  const code = await Promise.race([following.then(() => undefined), ended(context, client, interrupted)]);
  if (code === undefined) return outcome(context, session, interrupted);
  if (session.host) await stop(context, session);
  return code;
}

/** The project is gone and we did not do it: somebody stopped it, or it broke. */
async function outcome(context: Context, { host }: Session, interrupted: AbortSignal): Promise<number> {
  const code = host ? await host.outcome() : 0;
  if (!interrupted.aborted) await say(context, "The project has been stopped.");
  return code;
}

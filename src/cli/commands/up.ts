// `meshwise up`: brings the project to what its Compose file says, then follows its logs (or not, with -d).
import type { Command } from "commander";
import { MeshError } from "../../base/errors/index.ts";
import { stateDirectory } from "../../model/state-directory.ts";
import { tell } from "../apply.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { report } from "../failure.ts";
import { ended, followLogs, sayPublished } from "../follow.ts";
import { manual } from "../help.ts";
import { projectOf, projectOptions } from "../options.ts";
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
      const { checkObjectFiles } = await import("../../control/gateway/gather.ts");
      checkObjectFiles(project, context.directory);
      const running = await findRunning(context, { ...place, file });
      const stateRoot = stateDirectory(project.name, context.environment).root;
      const session: Session = running
        ? { client: running.client, pid: running.state.pid }
        : await startHost(context, { composeFile: file, stateRoot, environment, followsUs: isForeground });
      const apply = async () => {
        await tell(context, session.client.apply({ composeFile: file, environment }));
        await sayPublished(context, session.client, project);
      };
      return untilSignal(context, session, async (interrupted) => {
        if (isForeground) return applyAndFollow(context, session, apply, interrupted);
        const isUp = await attempt(context, session, apply);
        if (!isUp) await say(context, "What could be started runs on; `meshwise down` stops it.");
        return isUp ? 0 : 1;
      });
    }),
  );
};

/** False, its failure told, when a part of a project that we started runs all the same: then there is more to do. */
async function attempt(context: Context, { client, host }: Session, apply: () => Promise<void>): Promise<boolean> {
  try {
    await apply();
    return true;
  } catch (thrown) {
    const state = host ? await client.state().catch(() => undefined) : undefined;
    if (!state || state.workloads.length === 0) throw thrown;
    await report(thrown, context);
    return false;
  }
}

async function applyAndFollow(
  context: Context,
  session: Session,
  apply: () => Promise<void>,
  interrupted: AbortSignal,
): Promise<number> {
  const { client } = session;
  const names = (await client.state()).workloads.map(({ id }) => id);
  // Before the change, so that no line of it is missed.
  const following = followLogs(context, client, names).then(() => undefined, unlessHostGone);
  following.catch(() => {});
  const isUp = await attempt(context, session, apply);
  const code = await Promise.race([following, ended(context, client, interrupted)]);
  if (code !== undefined && session.host) await stop(context, session);
  const outcome = code ?? (await theirs(context, session, interrupted));
  return isUp ? outcome : Math.max(outcome, 1);
}

function unlessHostGone(thrown: unknown): undefined {
  if (!(thrown instanceof MeshError && thrown.code === "host_silent")) throw thrown;
}

/** The project is gone and we did not do it: somebody stopped it, or it broke. */
async function theirs(context: Context, { host }: Session, interrupted: AbortSignal): Promise<number> {
  const code = host ? await host.outcome() : 0;
  if (!interrupted.aborted) await say(context, "The project has been stopped.");
  return code;
}

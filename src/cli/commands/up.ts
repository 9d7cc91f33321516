// `meshwise up`: brings the project to what its Compose file says, then follows its logs (or not, with -d).
import type { Command } from "commander";
import { stateDirectory } from "../../model/state-directory.ts";
import { stopProject, tell } from "../apply.ts";
import type { HostClient } from "../client/host.ts";
import { type Context, say } from "../context.ts";
import { followLogs, sayPublished, untilAllEnded } from "../follow.ts";
import { manual } from "../help.ts";
import { projectOf, projectOptions } from "../options.ts";
import type { Register } from "../program.ts";
import { composeFile, findRunning, projectEnvironment } from "../project.ts";
import { exitCodeOf, type StopSignal } from "../signals.ts";
import { type HostPlace, type StartedHost, startHost } from "../start-host.ts";

type Options = { readonly detach?: boolean };

/** what the second Ctrl-C gives the host to clean up after itself, before the kernel does it */
const AT_ONCE_MS = 2000;

type Session = {
  readonly client: HostClient;
  readonly pid: number;
  /** absent when the project ran before us: then we leave it as it is */
  readonly host?: StartedHost;
};

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
      const session = running
        ? { client: running.client, pid: running.state.pid }
        : await start(context, {
            composeFile: file,
            stateRoot: stateDirectory(project.name, context.environment).root,
            environment,
            followsUs: isForeground,
          });
      return untilSignal(context, session, async () => {
        const names = (await session.client.state()).workloads.map(({ id }) => id);
        // Before the change, so that no line of it is missed.
        const following = isForeground ? followLogs(context, session.client, names) : undefined;
        await tell(context, session.client.apply({ composeFile: file, environment }));
        await sayPublished(context, session.client);
        if (!following) return 0;
        return Promise.race([
          following,
          untilAllEnded(context, session.client).then((code) => finish(context, session, code)),
        ]);
      });
    }),
  );
};

async function start(context: Context, place: HostPlace): Promise<Session> {
  const host = await startHost(context, place);
  host.release();
  return { client: host.client, pid: host.pid, host };
}

/** Does `work`; a signal meanwhile stops what we started, or leaves what ran before. */
async function untilSignal(context: Context, session: Session, work: () => Promise<number>): Promise<number> {
  const first = Promise.withResolvers<StopSignal>();
  let isStopping = false;
  const release = context.signals.take((signal) => {
    if (isStopping && session.host) void atOnce(context, session.host, signal);
    isStopping = true;
    first.resolve(signal);
  });
  try {
    const result = await Promise.race([work(), first.promise]);
    if (typeof result === "number") return result;
    if (session.host) await stop(context, session);
    else await say(context, "The project runs on; `meshwise down` stops it.");
    return exitCodeOf(result);
  } finally {
    release();
  }
}

async function stop(context: Context, { client, pid }: Session): Promise<void> {
  const state = await client.state().catch(() => undefined);
  const live =
    state?.workloads.filter(({ state }) => state !== "exited" && state !== "failed").map(({ id }) => id) ?? [];
  await say(context, `\nStopping ${live.join(", ") || "the mesh"} (Ctrl-C again: at once)`);
  await stopProject(context, client, pid);
}

async function atOnce(context: Context, host: StartedHost, signal: StopSignal): Promise<void> {
  await say(context, "Stopping at once.");
  host.kill("SIGTERM");
  host.kill("SIGTERM");
  await Promise.race([host.exited, context.clock.sleep(AT_ONCE_MS)]);
  host.kill("SIGKILL");
  process.exit(exitCodeOf(signal));
}

async function finish(context: Context, session: Session, exitCode: number): Promise<number> {
  if (session.host) await stop(context, session);
  return exitCode;
}

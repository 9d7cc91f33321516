// `meshwise run -- cmd`: one command inside the mesh, as if it ran here: its input, output, signals and exit code.
import type { Command } from "commander";
import type { RunEvent } from "../../api/host-types.ts";
import { asMeshError, MeshError } from "../../base/errors/index.ts";
import type { HostClient } from "../client/host.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { projectOf, projectOptions } from "../options.ts";
import { runningProject } from "../project.ts";
import type { StopSignal } from "../signals.ts";

/** so many Ctrl-C reach the command; the next one ends it for sure */
const PATIENCE = 2;

export const run: Register = (program, act) => {
  const command = projectOptions(program.command("run"))
    .argument("<command...>", "the command and its arguments, best after --")
    .passThroughOptions();
  manual(command, {
    summary: "Run a command inside the mesh, with its input, output and exit code",
    more: "It has your working directory and environment, an identity of its own, and reaches services by their names.",
    examples: {
      "meshwise run -- curl -si http://cart:8080/": "ask a service",
      "echo '{}' | meshwise run -- curl -d @- http://pay/": "with input",
      "meshwise run -- sh": "look around",
    },
    seeAlso: "run = a command of yours; up = the services of the Compose file.",
  });
  command.action(
    act(async (context: Context, words: string[], _options: unknown, self: Command) => {
      const { client } = await runningProject(context, projectOf(self));
      return attach(context, client, words);
    }),
  );
};

async function attach(context: Context, client: HostClient, command: readonly string[]): Promise<number> {
  const { directory: workingDirectory } = context;
  const environment = Object.fromEntries(
    Object.entries(context.environment).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  const release = { signals: () => {} };
  try {
    for await (const event of client.run({ command, workingDirectory, environment })) {
      if (event.type === "started") {
        release.signals = context.signals.take(forward(context, client, event.id));
        // The command may end, or never read; then nobody waits for the rest of our input.
        client.runInput(event.id, Bun.stdin.stream()).catch(() => {});
      } else if (event.type === "exit") return await ended(context, event);
      else await context[event.type === "stdout" ? "out" : "err"].write(Buffer.from(event.data, "base64"));
    }
  } finally {
    release.signals();
  }
  throw new MeshError("host_silent", "it ended while the command ran");
}

async function ended(context: Context, event: Extract<RunEvent, { type: "exit" }>): Promise<number> {
  if (event.reason) await say(context, `error: ${event.reason}`);
  return event.exitCode;
}

function forward(context: Context, client: HostClient, id: number): (signal: StopSignal) => void {
  let interrupts = 0;
  return (signal) => {
    if (signal === "SIGINT") interrupts++;
    const name = interrupts > PATIENCE ? "KILL" : signal.slice("SIG".length);
    client.runSignal(id, name).catch((thrown) => void say(context, asMeshError(thrown, "host_silent").sentence));
  };
}

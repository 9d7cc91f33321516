// The tree of commands, and one run of it: arguments in, exit code out.
import { Command, CommanderError } from "commander";
import { VERSION } from "../model/release.ts";
import { type Act, EXIT, type Register } from "./command.ts";
import { apply } from "./commands/apply.ts";
import { backup } from "./commands/backup.ts";
import { changes } from "./commands/changes.ts";
import { check } from "./commands/check.ts";
import { completion } from "./commands/completion.ts";
import { dashboard } from "./commands/dashboard.ts";
import { debug } from "./commands/debug.ts";
import { deletion } from "./commands/delete.ts";
import { demo } from "./commands/demo.ts";
import { down } from "./commands/down.ts";
import { edges } from "./commands/edges.ts";
import { funnel } from "./commands/funnel.ts";
import { get } from "./commands/get.ts";
import { health } from "./commands/health.ts";
import { incidents } from "./commands/incidents.ts";
import { journeys } from "./commands/journeys.ts";
import { ledger } from "./commands/ledger.ts";
import { logs } from "./commands/logs.ts";
import { objectives } from "./commands/objectives.ts";
import { privacy } from "./commands/privacy.ts";
import { ps } from "./commands/ps.ts";
import { restore } from "./commands/restore.ts";
import { routes } from "./commands/routes.ts";
import { run } from "./commands/run.ts";
import { sql } from "./commands/sql.ts";
import { stat } from "./commands/stat.ts";
import { stitch } from "./commands/stitch.ts";
import { tap } from "./commands/tap.ts";
import { trace } from "./commands/trace.ts";
import { up } from "./commands/up.ts";
import { upgrade } from "./commands/upgrade.ts";
import { version } from "./commands/version.ts";
import { why } from "./commands/why.ts";
import type { Context } from "./context.ts";
import { report } from "./failure.ts";
import { exampleLines } from "./help.ts";
import { tint } from "./output/colour.ts";
import { ReaderGone } from "./terminal.ts";

const EXAMPLES = {
  "meshwise up": "start the services of compose.yaml in the mesh and follow their logs",
  "meshwise stat --watch": "how often each is called, how fast it answers, how often it fails",
  "meshwise dashboard": "the map and the figures as a web page",
  "meshwise run -- curl http://cart:8080/": "run a command inside the mesh",
  "meshwise check --pre": "whether this machine can run it",
};

/** @param argv what stands behind `meshwise` */
export async function runProgram(argv: readonly string[], context: Context): Promise<number> {
  let exitCode: number = EXIT.ok;
  const program = buildProgram(context, (run) => async (...args) => {
    exitCode = await run(context, ...args);
  });
  try {
    await program.parseAsync(argv.length > 0 ? [...argv] : ["--help"], { from: "user" });
    return exitCode;
  } catch (thrown) {
    if (thrown instanceof ReaderGone) return EXIT.ok;
    if (thrown instanceof CommanderError) return thrown.exitCode === 0 ? EXIT.ok : EXIT.usage;
    await report(thrown, context).catch(() => {});
    return EXIT.failure;
  }
}

export function buildProgram(context: Context, act: Act): Command {
  const program = new Command("meshwise")
    .version(`meshwise ${VERSION}`, "-V, --version", "print the version")
    .option("-f, --file <path>", "Compose file; default: compose.yaml here or in a folder above")
    .option("-p, --project <name>", "project; default: as the Compose file says")
    .helpOption("-h, --help", "print this help")
    .helpCommand("help [command]", "print the help of a command")
    .addHelpText("before", `Meshwise, a service mesh that answers questions.\n\nExamples:\n${exampleLines(EXAMPLES)}\n`)
    .addHelpText("after", "\n`meshwise help <command>` has the options and examples of each.")
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.out.write(text).catch(() => {}),
      writeErr: (text) => void context.err.write(text).catch(() => {}),
      getOutHelpWidth: () => Math.min(context.out.columns(), 100),
      getErrHelpWidth: () => Math.min(context.err.columns(), 100),
      getOutHasColors: () => context.out.colour,
      getErrHasColors: () => context.err.colour,
      outputError: (text, write) => write(usageError(text, "meshwise", context)),
    })
    .showSuggestionAfterError();
  const registers: readonly Register[] = [
    ...[up, down, ps, logs, run],
    ...[dashboard, health, stat, edges, routes, ledger, tap, trace, changes, sql, backup, restore],
    ...[apply, get, deletion],
    ...[why, objectives, incidents, journeys, funnel, privacy, stitch],
    ...[check, debug, upgrade, demo, version, completion],
  ];
  for (const register of registers) register(program, act);
  for (const command of program.commands) {
    const name = `meshwise ${command.name()}`;
    command.helpOption("-h, --help", "print this help");
    command.configureOutput({ outputError: (text, write) => write(usageError(text, name, context)) });
  }
  return program;
}

/** commander's two lines as one, with where to read on: `error: unknown command 'sta'. Did you mean stat?` */
function usageError(text: string, command: string, context: Context): string {
  const [what = "", suggestion] = text
    .replace(/^error: /, "")
    .trim()
    .split("\n");
  const hint = suggestion ? ` ${suggestion.replace(/^\((.*)\)$/, "$1")}` : "";
  const label = tint("error:", "bad", context.err.colour);
  return `${label} ${what.replace(/\.?$/, ".")}${hint}\nSee \`${command} --help\`.\n`;
}

// Options that many commands share, so that they read and behave the same everywhere.
import { type Command, Option } from "commander";
import { FORMATS, type Format } from "./output/emit.ts";
import { durationMs, sinceParameter, timeIso } from "./values.ts";

export type ProjectOptions = { readonly file?: string; readonly project?: string };
export type OutputOptions = { readonly output: Format };
export type WindowOptions = {
  readonly since?: number;
  readonly from?: string;
  readonly to?: string;
  /** of those that have it, see `probesOption` */
  readonly probes?: boolean;
};

/** `-f` is `--follow` where there is something to follow, as in `docker compose logs`; the long form works everywhere. */
export function projectOptions(
  command: Command,
  fileFlag: "-f, --file <path>" | "--file <path>" = "-f, --file <path>",
): Command {
  return command
    .option(fileFlag, "Compose file; default: compose.yaml here or in a folder above")
    .option("-p, --project <name>", "project; default: as the Compose file says");
}

export function outputOption(command: Command): Command {
  return command.addOption(new Option("-o, --output <format>", "form of the output").choices(FORMATS).default("table"));
}

/** Without any of them the observatory's own default holds. @param whatElse what that is */
export function windowOptions(command: Command, whatElse: string): Command {
  return command
    .addOption(
      new Option("--since <duration>", `how far back to look: 60s, 15m, 2h; default: ${whatElse}`).argParser(
        durationMs,
      ),
    )
    .addOption(new Option("--from <time>", "begin: 2030-01-31T12:00:00Z").argParser(timeIso).conflicts("since"))
    .addOption(new Option("--to <time>", "end; default: now").argParser(timeIso));
}

/** Of figures. */
export function probesOption(command: Command): Command {
  return command.option("--probes", "count probes and scrapes too (health checks, kube-probe, Prometheus, …)");
}

/** as the observatory's API reads them */
export function windowParameters({ since, from, to, probes }: WindowOptions): Record<string, string> {
  return {
    ...(probes && { probes: "1" }),
    ...(since !== undefined && { since: sinceParameter(since) }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
  };
}

/** -f and -p may stand before the command as well, as with `docker compose -f x up`; the nearer one wins. */
export function projectOf(command: Command): ProjectOptions {
  const own = command.opts<ProjectOptions>();
  const above = command.parent ? projectOf(command.parent) : {};
  const file = own.file ?? above.file;
  const project = own.project ?? above.project;
  return { ...(file !== undefined && { file }), ...(project !== undefined && { project }) };
}

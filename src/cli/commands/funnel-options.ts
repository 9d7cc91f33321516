// What `funnel` and `funnel why` have in common: which events, and what a funnel is.
import { type Command, InvalidArgumentError, Option } from "commander";
import { type Exclusion, type FunnelDefinition, readSteps } from "../../analysis/journeys/funnel/definition.ts";
import type { EventLog } from "../../analysis/journeys/log.ts";
import { type ObservatoryClient, observatoryOf, type Query } from "../client/observatory.ts";
import { EXIT } from "../command.ts";
import { type Context, say } from "../context.ts";
import { readEvents } from "../events/read.ts";
import {
  type ProjectOptions,
  projectOf,
  projectOptions,
  type WindowOptions,
  windowOptions,
  windowParameters,
} from "../options.ts";
import { tint } from "../output/colour.ts";
import { runningProject } from "../project.ts";
import { durationMs, sinceParameter } from "../values.ts";

export type FunnelOptions = ProjectOptions &
  WindowOptions & {
    readonly events?: string;
    readonly order?: "ordered" | "strict" | "any";
    readonly window?: number;
    readonly exclude: readonly Exclusion[];
    readonly unit?: "visitor" | "session";
  };

export function funnelOptions(command: Command): Command {
  return windowOptions(projectOptions(command), "1d")
    .option("--events <file>", "CSV or XES, also gzip, instead of the running mesh; - for stdin")
    .addOption(
      new Option("--order <order>", "what may lie between; default: ordered").choices(["ordered", "strict", "any"]),
    )
    .addOption(new Option("--window <duration>", "from the first step to the last: 30m, 14d").argParser(durationMs))
    .option("--exclude <event[@n-m]>", "no such event between steps, or between step n and m = n + 1", exclusion, [])
    .addOption(
      new Option("--unit <unit>", "whose chance it is; default: session, of a file visitor").choices([
        "visitor",
        "session",
      ]),
    );
}

/** The events of a file, and what is asked of them. @param events its path */
export async function fileFunnel(
  context: Context,
  text: string | undefined,
  { order = "ordered", unit = "visitor", exclude, window = Number.POSITIVE_INFINITY }: FunnelOptions,
  events: string,
): Promise<{ readonly log: EventLog; readonly definition: FunnelDefinition } | { readonly wrong: string }> {
  if (text === undefined) return { wrong: "The funnel needs its steps when it is of a file" };
  const steps = readSteps(text);
  if ("wrong" in steps) return { wrong: `The funnel ${steps.wrong}` };
  const definition = { steps, order, unit, exclusions: exclude, windowMs: window, reentry: "once" } as const;
  return { log: await readEvents(context, events), definition };
}

/** The observatory of the running project, and the question in its words. */
export async function liveFunnel(
  context: Context,
  self: Command,
  text: string | undefined,
  options: FunnelOptions,
): Promise<{ readonly observatory: ObservatoryClient; readonly query: Query } | { readonly wrong: string }> {
  const asked = text === undefined ? {} : text.includes(" > ") ? stepsOf(text) : { name: text };
  if ("wrong" in asked) return asked;
  const bound = options.exclude.find(({ after }) => after !== undefined);
  if (bound) return { wrong: `--exclude ${bound.event}@… is for files of events; without @ it is for all steps` };
  const { state } = await runningProject(context, projectOf(self));
  const query = {
    ...asked,
    ...windowParameters(options),
    ...(options.order && { order: options.order }),
    ...(options.unit && { unit: options.unit }),
    ...(options.window !== undefined && { within: sinceParameter(options.window) }),
    ...(options.exclude.length > 0 && { exclude: options.exclude.map(({ event }) => event).join(" , ") }),
  };
  return { observatory: observatoryOf(state, context.clock), query };
}

function stepsOf(text: string): { readonly steps: string } | { readonly wrong: string } {
  const steps = readSteps(text);
  return "wrong" in steps ? { wrong: `The funnel ${steps.wrong}` } : { steps: text };
}

export async function misused(context: Context, what: string): Promise<number> {
  await say(context, `${tint("error:", "bad", context.err.colour)} ${what}.\nSee \`meshwise funnel --help\`.`);
  return EXIT.usage;
}

/** What the events of the running mesh are not: below the answer, for people. */
export async function sayNotes(context: Context, { notes }: { readonly notes: readonly string[] }): Promise<void> {
  for (const note of notes) await say(context, `${tint("note:", "quiet", context.err.colour)} ${note}`);
}

/** `GET /help`, `GET /help@2-3` */
function exclusion(text: string, before: readonly Exclusion[]): readonly Exclusion[] {
  const match = /^(.+)@(\d{1,2})-(\d{1,2})$/.exec(text);
  if (!match) return [...before, { event: text }];
  const [, event = "", from, to] = match;
  if (Number(to) !== Number(from) + 1) {
    throw new InvalidArgumentError("Steps that follow each other are meant, such as @2-3.");
  }
  return [...before, { event, after: Number(from) }];
}

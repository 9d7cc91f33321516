// What `funnel` and `funnel why` have in common: which events, and what a funnel is.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Exclusion } from "../../analysis/journeys/funnel/definition.ts";
import { EXIT } from "../command.ts";
import { type Context, say } from "../context.ts";
import { tint } from "../output/colour.ts";
import { durationMs } from "../values.ts";

export type FunnelOptions = {
  readonly events?: string;
  readonly order: "ordered" | "strict" | "any";
  readonly window?: number;
  readonly exclude: readonly Exclusion[];
  readonly unit: "visitor" | "session";
};

export function funnelOptions(command: Command): Command {
  return command
    .option("--events <file>", "CSV or XES, also gzip; - for stdin")
    .addOption(
      new Option("--order <order>", "what may lie between").choices(["ordered", "strict", "any"]).default("ordered"),
    )
    .addOption(new Option("--window <duration>", "from the first step to the last: 30m, 14d").argParser(durationMs))
    .option("--exclude <event[@n-m]>", "no such event between steps, or between step n and m = n + 1", exclusion, [])
    .addOption(new Option("--unit <unit>", "whose chance it is").choices(["visitor", "session"]).default("visitor"));
}

export async function misused(context: Context, what: string): Promise<number> {
  await say(context, `${tint("error:", "bad", context.err.colour)} ${what}.\nSee \`meshwise funnel --help\`.`);
  return EXIT.usage;
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

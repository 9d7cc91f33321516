// `meshwise funnel`: how many come through steps one after the other, where the others stay, and how long it takes.
import { InvalidArgumentError } from "commander";
import { readSteps, unknownSteps } from "../../analysis/journeys/funnel/definition.ts";
import { funnelOf } from "../../analysis/journeys/funnel/funnel.ts";
import type { Attribution } from "../../analysis/journeys/funnel/segments.ts";
import { EXIT, type Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { readEvents } from "../events/read.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit } from "../output/emit.ts";
import { funnelLines } from "./funnel-lines.ts";
import { type FunnelOptions, funnelOptions, misused } from "./funnel-options.ts";
import { registerFunnelWhy } from "./funnel-why.ts";

type Options = OutputOptions &
  FunnelOptions & { readonly reentry: boolean; readonly by?: string; readonly at: Attribution };

export const funnel: Register = (program, act) => {
  const command = program.command("funnel").argument("<steps>", "names of events with ' > ' between");
  outputOption(funnelOptions(command))
    .option("--reentry", "count each attempt, and not the best one of a visitor or session", false)
    .option("--by <attribute>", "split by an attribute of the events")
    .option(
      "--at <step>",
      "whose value: first, last (the last step reached), or the number of a step",
      attribution,
      "first",
    );
  manual(command, {
    summary: "How many come through steps one after the other, and where they are lost",
    more: `A step is the name of an event; ' | ' stands between names that are as good as each other, and * for any text.
CSV has a header with time, visitor, event and attributes, in any order. What each number means: docs/journeys.md.`,
    examples: {
      "meshwise funnel 'GET /product/{id} > POST /cart > POST /checkout' --events events.csv": "where people stay",
      "meshwise funnel 'signup > verify > pay' --events events.csv.gz --window 1d --by browser":
        "within a day, by browser",
      "meshwise funnel 'A > B > C' --events log.xes --order strict -o json": "each right after the other, for programs",
    },
    seeAlso: "funnel = how many come through; stat = how each service does; health = is something wrong.",
  });
  registerFunnelWhy(command, act);
  command.action(
    act(async (context: Context, text: string, options: Options) => {
      const steps = readSteps(text);
      if ("wrong" in steps) return misused(context, `The funnel ${steps.wrong}`);
      if (options.events === undefined) {
        return misused(context, "There are no journeys of the running mesh yet: name a file of events with --events");
      }
      const log = await readEvents(context, options.events);
      const answer = funnelOf(
        log,
        {
          ...{ steps, order: options.order, unit: options.unit, windowMs: options.window ?? Number.POSITIVE_INFINITY },
          ...{ exclusions: options.exclude, reentry: options.reentry ? "every" : "once" },
        },
        options.by === undefined ? undefined : { attribute: options.by, by: options.at },
      );
      if ("wrong" in answer) return misused(context, `The funnel ${answer.wrong}`);
      await emit(
        { document: answer, rows: answer.funnel, lines: (style) => funnelLines(answer, style) },
        options.output,
        context.out,
      );
      const named = [...steps, ...options.exclude.map(({ event }) => event)];
      for (const step of unknownSteps(log.names, named)) {
        await say(
          context,
          `${tint("warning:", "warning", context.err.colour)} no event is ${step}${nearest(step, log.names)}`,
        );
      }
      return EXIT.ok;
    }),
  );
};

function attribution(text: string): Attribution {
  if (text === "first" || text === "last") return text;
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("Write first, last or the number of a step.");
  return Number(text);
}

function nearest(step: string, names: readonly string[]): string {
  const small = step.toLowerCase();
  const like =
    names.find((name) => name.toLowerCase() === small) ?? names.find((name) => name.toLowerCase().includes(small));
  const some = like === undefined ? names.slice(0, 5) : [like];
  return `; there ${some.length === 1 ? "is" : "are"} ${some.join(", ")}${like === undefined && names.length > 5 ? ", …" : ""}`;
}

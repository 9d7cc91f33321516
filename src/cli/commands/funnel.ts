// `meshwise funnel`: how many come through steps one after the other, where the others stay, and how long it takes.
import { type Command, InvalidArgumentError } from "commander";
import { unknownSteps } from "../../analysis/journeys/funnel/definition.ts";
import { funnelOf } from "../../analysis/journeys/funnel/funnel.ts";
import type { Attribution } from "../../analysis/journeys/funnel/segments.ts";
import type { FunnelAnswer } from "../../analysis/journeys/funnel/types.ts";
import { EXIT, type Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit, type Format } from "../output/emit.ts";
import type { TableStyle } from "../output/table.ts";
import { funnelLines } from "./funnel-lines.ts";
import { type FunnelOptions, fileFunnel, funnelOptions, liveFunnel, misused, sayNotes } from "./funnel-options.ts";
import { registerFunnelWhy } from "./funnel-why.ts";

type Options = OutputOptions &
  FunnelOptions & { readonly reentry: boolean; readonly by?: string; readonly at: Attribution };

export const funnel: Register = (program, act) => {
  const command = program
    .command("funnel")
    .argument("[funnel]", "a declared journey, or steps with ' > ' between; default: declared first, or found");
  outputOption(funnelOptions(command))
    .option("--reentry", "count each attempt, and not the best one of a visitor or session", false)
    .option("--by <attribute>", "split by version, browser, device, entry, …; of a file by an attribute of its events")
    .option(
      "--at <step>",
      "whose value: first, last (the last step reached), or the number of a step",
      attribution,
      "first",
    );
  manual(command, {
    summary: "How many come through steps one after the other, and where they are lost",
    more: `A step is a route, as \`meshwise journeys\` names them; ' | ' stands between names that are as good as each other, and * for any
text. With --events the steps are of a file: CSV has a header with time, visitor, event and attributes, in any order. What each
number means: docs/journeys.md.`,
    examples: {
      "meshwise funnel": "the declared journey, or the one that was found",
      "meshwise funnel 'GET /product/{id} > POST /cart > POST /checkout' --since 2h --by browser":
        "of the running mesh",
      "meshwise funnel 'signup > verify > pay' --events events.csv.gz --window 1d": "of a file, within a day",
      "meshwise funnel 'A > B > C' --events log.xes --order strict -o json": "each right after the other, for programs",
    },
    seeAlso: "journeys = which ways there are; funnel = how many come through; funnel why = why the others do not.",
  });
  registerFunnelWhy(command, act);
  command.action(
    act(async (context: Context, text: string | undefined, options: Options, self: Command) =>
      options.events === undefined
        ? ofMesh(context, text, options, self)
        : ofFile(context, text, options, options.events),
    ),
  );
};

async function ofMesh(context: Context, text: string | undefined, options: Options, self: Command): Promise<number> {
  const live = await liveFunnel(context, self, text, options);
  if ("wrong" in live) return misused(context, live.wrong);
  const answer = await live.observatory.funnel({
    ...live.query,
    ...(options.reentry && { reentry: "1" }),
    ...(options.by !== undefined && { by: options.by, at: String(options.at) }),
  });
  await show(context, answer, options.output);
  await sayNotes(context, answer.seen);
  return EXIT.ok;
}

async function ofFile(context: Context, text: string | undefined, options: Options, events: string): Promise<number> {
  const asked = await fileFunnel(context, text, options, events);
  if ("wrong" in asked) return misused(context, asked.wrong);
  const { log, definition } = asked;
  const by = options.by === undefined ? undefined : { attribute: options.by, by: options.at };
  const answer = funnelOf(log, { ...definition, reentry: options.reentry ? "every" : "once" }, by);
  if ("wrong" in answer) return misused(context, `The funnel ${answer.wrong}`);
  await show(context, answer, options.output);
  const named = [...definition.steps, ...options.exclude.map(({ event }) => event)];
  for (const step of unknownSteps(log.names, named)) {
    await say(
      context,
      `${tint("warning:", "warning", context.err.colour)} no event is ${step}${nearest(step, log.names)}`,
    );
  }
  return EXIT.ok;
}

function show(context: Context, answer: FunnelAnswer, output: Format): Promise<void> {
  const view = { document: answer, rows: answer.funnel, lines: (style: TableStyle) => funnelLines(answer, style) };
  return emit(view, output, context.out);
}

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

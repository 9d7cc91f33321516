// `meshwise journeys`: the ways that visitors take, what they come for, and the funnels to look at.
import type { Command } from "commander";
import type { JourneyGoal, JourneysAnswer, ProposedFunnel } from "../../analysis/journeys/discovery/types.ts";
import type { LiveJourneys } from "../../analysis/journeys/visits/answers.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
import type { Context } from "../context.ts";
import { readEvents } from "../events/read.ts";
import { manual } from "../help.ts";
import {
  type OutputOptions,
  outputOption,
  projectOf,
  projectOptions,
  type WindowOptions,
  windowOptions,
  windowParameters,
} from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit, type Format } from "../output/emit.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { sayNotes } from "./funnel-options.ts";

type Options = OutputOptions & WindowOptions & { readonly events?: string };
type Path = JourneysAnswer["paths"][number];

const GOALS: readonly Column<JourneyGoal>[] = [
  { title: "GOAL", cell: (row) => row.event },
  { title: "CASES", align: "right", cell: (row) => String(row.cases) },
  { title: "OF ALL", align: "right", cell: (row) => share(row.share) },
  { title: "SCORE", align: "right", wide: true, cell: (row) => row.score.toFixed(3) },
  { title: "WHY", cell: (row) => row.because },
];

const FUNNELS: readonly Column<ProposedFunnel>[] = [
  { title: "ENTERED", align: "right", cell: (row) => String(row.entered) },
  { title: "CONVERTED", align: "right", cell: (row) => (row.rate === null ? "-" : share(row.rate)) },
  { title: "SUPPORT", align: "right", cell: (row) => share(row.support) },
  { title: "FUNNEL", cell: (row) => row.steps.join(" > ") },
];

const PATHS: readonly Column<Path>[] = [
  { title: "CASES", align: "right", cell: (row) => String(row.cases) },
  { title: "SHARE", align: "right", cell: (row) => share(row.share) },
  { title: "PATH", cell: (row) => row.path.join(" > ") },
];

export const journeys: Register = (program, act) => {
  const command = outputOption(windowOptions(projectOptions(program.command("journeys")), "1d"));
  command.option("--events <file>", "CSV or XES, also gzip, instead of the running mesh; - for stdin");
  manual(command, {
    summary: "The ways that visitors take, what they come for, and funnels worth looking at",
    more: `Nothing is to be configured: they are found in what comes in through published ports. Assets, polls and what goes along with every request are left out, and named in the output.
Support: of those who reach the goal, how many come this way.`,
    examples: {
      "meshwise journeys --since 2h": "goals, proposed funnels and the usual ways",
      "meshwise journeys --events events.csv": "the same of a file",
      "meshwise journeys --events log.xes.gz -o json": "with the whole graph, for programs",
    },
    seeAlso: "journeys = which ways there are; funnel = how many come through one of them.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      if (options.events === undefined) {
        const { state } = await runningProject(context, projectOf(self));
        const answer = await observatoryOf(state, context.clock).journeys(windowParameters(options));
        await show(context, answer, options.output, answer.declared);
        await sayNotes(context, answer.seen);
        return EXIT.ok;
      }
      const { journeysOf } = await import("../../analysis/journeys/discovery/discover.ts");
      await show(context, journeysOf(await readEvents(context, options.events), "--events FILE"), options.output);
      return EXIT.ok;
    }),
  );
};

function show(
  context: Context,
  answer: JourneysAnswer,
  output: Format,
  declared: LiveJourneys["declared"] = [],
): Promise<void> {
  const all = (style: TableStyle) => [...lines(answer, style), ...declared.map(declaredLine)];
  return emit({ document: answer, rows: answer.funnels, lines: all }, output, context.out);
}

function declaredLine({ name, steps }: LiveJourneys["declared"][number]): string {
  return `Declared: ${name} = ${steps.join(" > ")}`;
}

function lines({ verdict, goals, funnels, paths, coverage, ignored }: JourneysAnswer, style: TableStyle): string[] {
  const left = [...new Set(ignored.map(({ event }) => event))];
  return [
    tint(verdict, "strong", style.colour),
    ...(goals.length > 0 ? ["", ...table(GOALS, goals, style)] : []),
    ...(funnels.length > 0 ? ["", ...table(FUNNELS, funnels, style)] : []),
    ...(paths.length > 0 ? ["", ...table(PATHS, paths, style)] : []),
    "",
    `The graph (-o json) tells ${share(coverage.cases)} of the cases wholly, and ${share(coverage.steps)} of their steps.`,
    ...(left.length > 0 ? [`Left out, because nobody asks for it: ${left.join(", ")}.`] : []),
    ...(funnels[0] ? [`Next: ${funnels[0].command}`] : []),
  ];
}

function share(value: number): string {
  return `${(value * 100).toFixed(1)}%`;
}

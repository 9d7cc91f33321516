// `meshwise objectives`: whether what was promised is kept.
import type { Command } from "commander";
import type { ObjectiveRow } from "../../api/types.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import type { Tone } from "../output/colour.ts";
import { emit, isForPeople } from "../output/emit.ts";
import { NOTHING, percent, span } from "../output/format.ts";
import { type Column, table } from "../output/table.ts";
import { runningProject } from "../project.ts";

const TONE: Readonly<Record<ObjectiveRow["state"], Tone>> = {
  good: "good",
  burning: "bad",
  spent: "warning",
  unknown: "quiet",
};

const COLUMNS: readonly Column<ObjectiveRow>[] = [
  { title: "OBJECTIVE", cell: (row) => row.objective },
  { title: "OF", cell: targetOf },
  { title: "GOAL", cell: ({ goal, windowSeconds }) => `${goal} over ${span(windowSeconds)}` },
  { title: "REQUESTS", align: "right", cell: ({ requests }) => String(Math.round(requests)) },
  { title: "GOOD", align: "right", cell: ({ good }) => percent(good) },
  { title: "BUDGET LEFT", align: "right", cell: ({ budgetLeft }) => percent(budgetLeft) },
  {
    title: "BURN RATE",
    align: "right",
    cell: ({ burnRates: [fastest] }) => (fastest ? fastest.short.toFixed(1) : NOTHING),
  },
  { title: "BURN RATES", wide: true, cell: ({ burnRates }) => burnRates.map(ratesOf).join(", ") },
  { title: "STATE", cell: ({ state }) => ({ text: state, tone: TONE[state] }) },
  { title: "INCIDENT", cell: ({ incident = "" }) => incident },
];

/** what is promised of: a service, one of its routes, a journey */
export function targetOf({ service, route, journey }: Pick<ObjectiveRow, "service" | "route" | "journey">): string {
  if (journey !== undefined) return `journey ${journey}`;
  return route === undefined ? service : `${service} ${route}`;
}

function ratesOf({ burn, long, short, longS, shortS }: ObjectiveRow["burnRates"][number]): string {
  return `${long.toFixed(1)}/${short.toFixed(1)} of ${burn} (${span(longS)}/${span(shortS)})`;
}

export const objectives: Register = (program, act) => {
  const command = program.command("objectives").argument("[service]", "only those of this one");
  manual(outputOption(projectOptions(command)), {
    summary: "Objectives: whether they are kept, and what is left of their budgets",
    more: `What may be bad in the window is the budget; a burn rate of 1 spends it exactly by the end of the window. BURN RATE
is that of the last minutes. Of a journey, REQUESTS are those who begin it, and GOOD is the share that comes
through. Objectives are written as objects of kind Objective: docs/objectives.md. Ends with 1 when one burns.`,
    examples: {
      "meshwise objectives": "all of them",
      "meshwise objectives checkout -o wide": "those of one service, with each rule's burn rates",
      "meshwise objectives -o json": "for programs",
    },
    seeAlso:
      "objectives = is what was promised kept; incidents = what burned, and why; get objectives = what is written.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: OutputOptions, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const answer = await observatoryOf(state, context.clock).objectives({ service });
      const { rows } = answer;
      await emit(
        { document: answer, rows, lines: (style) => (rows.length === 0 ? [] : table(COLUMNS, rows, style)) },
        options.output,
        context.out,
      );
      if (rows.length === 0 && isForPeople(options.output)) await say(context, NONE_YET);
      return rows.some((row) => row.state === "burning") ? EXIT.failure : EXIT.ok;
    }),
  );
};

const NONE_YET =
  "There are none. Write an Objective into meshwise.yaml beside the Compose file; docs/objectives.md has examples.";

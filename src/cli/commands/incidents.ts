// `meshwise incidents`: objectives that burned; with an id, one of them with its answer to why and its timeline.
import { type Command, Option } from "commander";
import type { Incident, IncidentRow } from "../../api/types.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit, isForPeople } from "../output/emit.ts";
import { percent } from "../output/format.ts";
import { type Column, type TableStyle, table } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { lossLines } from "./loss-lines.ts";
import { targetOf } from "./objectives.ts";
import { whyLines } from "./why-lines.ts";

type Options = OutputOptions & { readonly service?: string; readonly state?: string };

const COLUMNS: readonly Column<IncidentRow>[] = [
  { title: "ID", cell: ({ id }) => id },
  { title: "STATE", cell: ({ state }) => ({ text: state, tone: state === "open" ? "bad" : "quiet" }) },
  { title: "OPENED", cell: ({ opened }) => whole(opened) },
  { title: "CLOSED", cell: ({ closed }) => (closed === undefined ? "" : whole(closed)) },
  { title: "OBJECTIVE", cell: ({ objective }) => objective },
  { title: "OF", cell: targetOf },
  { title: "BUDGET LEFT", align: "right", wide: true, cell: ({ budgetLeft }) => percent(budgetLeft) },
  { title: "CAUSE", cell: ({ cause, sentence }) => cause ?? sentence },
];

export const incidents: Register = (program, act) => {
  const command = program
    .command("incidents")
    .argument("[id]", "only this one, with its answer to why and its timeline");
  outputOption(projectOptions(command))
    .option("--service <service>", "only those of this one")
    .addOption(new Option("--state <state>", "only these").choices(["open", "closed"]));
  manual(command, {
    summary: "Incidents: objectives that burned, why, and what happened meanwhile",
    more: `An incident opens when an objective burns its budget, is asked why until it is over, and is kept for 90 days. The
beginning of an id will do. Ends with 1 when one is open.`,
    examples: {
      "meshwise incidents": "all of them, newest first",
      "meshwise incidents --state open": "what burns now",
      "meshwise incidents 4bf9": "one, with its cause and timeline",
      "meshwise incidents 4bf9 -o json": "for programs",
    },
    seeAlso: "incidents = what burned, and why; objectives = what is left of the budgets; why = ask yourself.",
  });
  command.action(
    act(async (context: Context, id: string | undefined, options: Options, self: Command) => {
      const { state: project } = await runningProject(context, projectOf(self));
      const client = observatoryOf(project, context.clock);
      if (id !== undefined) {
        const document = await client.incident(id);
        const view = { document, rows: document.timeline, lines: (style: TableStyle) => lines(document, style) };
        await emit(view, options.output, context.out);
        return document.state === "open" ? EXIT.failure : EXIT.ok;
      }
      const { service, state } = options;
      const answer = await client.incidents({ service, state });
      const { rows } = answer;
      await emit(
        { document: answer, rows, lines: (style) => (rows.length === 0 ? [] : table(COLUMNS, rows, style)) },
        options.output,
        context.out,
      );
      if (rows.length === 0 && isForPeople(options.output)) await say(context, "There are none.");
      return rows.some((row) => row.state === "open") ? EXIT.failure : EXIT.ok;
    }),
  );
};

function lines({ state, sentence, opened, closed, timeline, why, loss }: Incident, style: TableStyle): string[] {
  const until = closed === undefined ? "" : `, closed ${whole(closed)}`;
  return [
    tint(sentence, "strong", style.colour),
    `${tint(state, state === "open" ? "bad" : "quiet", style.colour)}, opened ${whole(opened)}${until}`,
    "",
    ...timeline.map(({ time, what, text }) => `${whole(time)} ${what.padEnd(6)} ${text}`),
    "",
    ...(why ? whyLines(why, style) : loss ? lossLines(loss, style) : ["It is not known yet why."]),
  ];
}

/** whole seconds */
function whole(time: string): string {
  return time.replace(/\.\d+Z$/, "Z");
}

// `meshwise get`: routes, gateways, policies and journeys with their status.
import { type Command, InvalidArgumentError } from "commander";
import { MeshError } from "../../base/errors/index.ts";
import type { Kind } from "../../control/gateway/object.ts";
import type { ObjectView } from "../../control/gateway/view.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit, isForPeople } from "../output/emit.ts";
import { type TableStyle, table } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { objectColumns } from "./get-columns.ts";
import { kindsNamed, SUBJECTS } from "./get-kinds.ts";

export const get: Register = (program, act) => {
  const command = program
    .command("get")
    .argument("<what>", `${Object.keys(SUBJECTS).join(", ")}, or kind/name`, subject)
    .argument("[name]", "only this one");
  manual(outputOption(projectOptions(command, "--file <path>")), {
    summary: "Routes, gateways, policies and journeys, and whether they are in force",
    more: "Conditions are those of the Gateway API. `-o yaml` shows all of them, and for policies the values that hold and where each comes from.",
    examples: {
      "meshwise get all": "every object, and the first thing that is wrong with it",
      "meshwise get routes -o wide": "with the file and line of each",
      "meshwise get policies cart -o yaml": "what holds for cart, and why",
      "meshwise get httproute/cart -o json": "one object for programs",
    },
    seeAlso: "get = what is configured; ps = what runs; stat = how it answers.",
  });
  command.action(
    act(async (context: Context, what: Subject, name: string | undefined, options: OutputOptions, self: Command) => {
      const { client } = await runningProject(context, projectOf(self));
      const { rows, problems } = await client.objects();
      const wanted = name ?? what.name;
      const shown = rows.filter(
        ({ kind, metadata }) => what.kinds.includes(kind) && (wanted === undefined || metadata.name === wanted),
      );
      if (wanted !== undefined && shown.length === 0)
        throw new MeshError("object_not_found", `${what.text} ${name ?? ""}`.trim());
      const document = wanted !== undefined && shown.length === 1 ? shown[0] : { rows: shown, problems };
      const nowUs = context.clock.nowUs();
      await emit({ document, rows: shown, lines: (style) => tables(shown, nowUs, style) }, options.output, context.out);
      if (!isForPeople(options.output)) return 0;
      if (shown.length === 0) await say(context, NOTHING);
      for (const problem of problems)
        await say(context, `${tint("warning:", "warning", context.err.colour)} ${problem}`);
      return 0;
    }),
  );
};

const NOTHING =
  "There are none. Write them into meshwise.yaml beside the Compose file, or bring them with `meshwise apply -f FILE`.";

type Subject = { readonly text: string; readonly kinds: readonly Kind[]; readonly name?: string };

function subject(text: string): Subject {
  const [what = "", name, more] = text.split("/");
  const kinds = kindsNamed(what);
  if (!kinds || more !== undefined) throw new InvalidArgumentError(`Write one of ${Object.keys(SUBJECTS).join(", ")}.`);
  return { text, kinds, ...(name && { name }) };
}

function tables(rows: readonly ObjectView[], nowUs: number, style: TableStyle): readonly string[] {
  const kinds = [...new Set(rows.map(({ kind }) => kind))];
  return kinds.flatMap((kind, index) => [
    ...(index > 0 ? [""] : []),
    ...table(
      objectColumns(kind, nowUs),
      rows.filter((row) => row.kind === kind),
      style,
    ),
  ]);
}

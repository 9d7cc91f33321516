// `meshwise sql 'SELECT …'`: a question of one's own.
import type { Command } from "commander";
import type { SqlAnswer } from "../../api/types.ts";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { emit } from "../output/emit.ts";
import { type Column, table } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { wholeNumber } from "../values.ts";

type Options = OutputOptions & { readonly limit?: number };

export const sql: Register = (program, act) => {
  const command = program.command("sql").argument("<select>", "one SELECT over the views of docs/store.md");
  outputOption(projectOptions(command)).option("--limit <rows>", "rows at most; default: 1000", wholeNumber);
  manual(command, {
    summary: "Ask the store in SQL, read-only: exchanges, rollups_10s, rollups_1m, rollups_1h, resources, changes, …",
    examples: {
      "meshwise sql 'SELECT destination, sum(requests) FROM rollups_1m GROUP BY 1 ORDER BY 2 DESC'":
        "who is called most",
      "meshwise sql 'SELECT path, max(duration_ms) FROM exchanges GROUP BY 1 ORDER BY 2 DESC LIMIT 10'":
        "the slowest paths",
      "meshwise sql 'SHOW TABLES' -o json": "refused: only SELECT is answered",
    },
    seeAlso: "A question may take 10 s and 768 MiB, and sees neither files nor the network.",
  });
  command.action(
    act(async (context: Context, select: string, options: Options, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const limit = options.limit?.toString();
      const answer = await observatoryOf(state, context.clock).sql({ query: select, limit });
      const rows = answer.rows.map((row) => Object.fromEntries(answer.columns.map(({ name }, at) => [name, row[at]])));
      await emit(
        { document: answer, rows, lines: (style) => table(columnsOf(answer), answer.rows, style) },
        options.output,
        context.out,
      );
      if (answer.isCut) await say(context, "There are more rows. Try --limit, at most 10000, or a narrower question.");
      return 0;
    }),
  );
};

function columnsOf({ columns }: SqlAnswer): Column<readonly unknown[]>[] {
  return columns.map(({ name }, at) => ({ title: name.toUpperCase(), cell: (row) => text(row[at]) }));
}

function text(value: unknown): string {
  return value === null || value === undefined ? "-" : String(value);
}

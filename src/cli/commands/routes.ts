// `meshwise routes`: what is asked of a service, endpoint by endpoint.
import type { Command } from "commander";
import type { Answer, RouteRow } from "../../api/types.ts";
import { answerView, figures } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import {
  type OutputOptions,
  outputOption,
  probesOption,
  projectOf,
  projectOptions,
  type WindowOptions,
  windowOptions,
  windowParameters,
} from "../options.ts";
import { percent } from "../output/format.ts";
import { COUNT_COLUMNS, SIGNAL_COLUMNS } from "../output/signals.ts";
import type { Column } from "../output/table.ts";
import { runningProject } from "../project.ts";

type Options = OutputOptions & WindowOptions & { readonly watch?: boolean; readonly source?: string };

const [SUCCESS, ...REST] = SIGNAL_COLUMNS;
const COLUMNS: readonly Column<RouteRow>[] = [
  { title: "ROUTE", cell: (row) => row.route },
  ...(SUCCESS ? [SUCCESS] : []),
  { title: "ACTUAL", align: "right", cell: (row) => percent(row.actualSuccess) },
  ...REST,
  ...COUNT_COLUMNS.filter(({ title }) => title !== "ACTUAL"),
];

export const routes: Register = (program, act) => {
  const command = program.command("routes").argument("<service>", "what is asked of this one; also an outside name");
  probesOption(outputOption(windowOptions(projectOptions(command), "60s")))
    .option("--source <service>", "only what this one asks")
    .option("-w, --watch", "again each second, until Ctrl-C");
  manual(command, {
    summary: "What is asked of a service, by route: success rate, requests per second and latencies",
    more: "Routes are learned from paths: /cart/8f3a/items/17 is GET /cart/{id}/items/{id}. {other} are paths that were not found, and what is beyond 200 routes; {probe}, with --probes, health checks and scrapes. SUCCESS is what callers saw, ACTUAL that of single tries.",
    examples: {
      "meshwise routes cart": "every route of cart that was asked in the last minute, most asked first",
      "meshwise routes cart --since 15m --source web": "only what web asked, over a quarter of an hour",
      "meshwise routes api.example.com -o ndjson": "what is asked of the outside, a line of JSON per route",
    },
    seeAlso: "routes = one service by endpoint; stat = how each service does; tap = single exchanges.",
  });
  command.action(
    act(async (context: Context, service: string, options: Options, self: Command) => {
      const ask = async (): Promise<Answer<RouteRow>> => {
        const { state } = await runningProject(context, projectOf(self));
        const query = { ...windowParameters(options), service, source: options.source };
        return observatoryOf(state, context.clock).routes(query);
      };
      const view = (answer: Answer<RouteRow>) => answerView(answer, COLUMNS);
      const nothing = `Nothing was asked of ${service} by HTTP in that time. Try a longer --since, or \`meshwise edges ${service}\`.`;
      return figures({ context, format: options.output, isWatched: options.watch === true, ask, view, nothing });
    }),
  );
};

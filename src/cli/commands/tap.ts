// `meshwise tap`: single exchanges, the last ones or as they happen.
import { type Command, Option } from "commander";
import type { TapRow } from "../../api/types.ts";
import { sayGaps } from "../answer.ts";
import { observatoryOf, type Query } from "../client/observatory.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
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
import { emit, isForPeople } from "../output/emit.ts";
import { tapLine } from "../output/exchange.ts";
import { ndjson } from "../output/json.ts";
import { yaml } from "../output/yaml.ts";
import { runningProject } from "../project.ts";
import { durationMs, statusFilter, wholeNumber } from "../values.ts";

type Options = OutputOptions &
  WindowOptions & {
    readonly follow?: boolean;
    readonly rate?: number;
    readonly source?: string;
    readonly destination?: string;
    readonly method?: string;
    readonly path?: string;
    readonly route?: string;
    readonly status?: string;
    readonly slowerThan?: number;
    readonly error?: string;
    readonly limit?: number;
  };

export const tap: Register = (program, act) => {
  const command = program.command("tap").argument("[service]", "only what this one sent or received");
  outputOption(windowOptions(projectOptions(command, "--file <path>"), "any time"))
    .addOption(new Option("-f, --follow", "new ones as they happen, until Ctrl-C").conflicts(["since", "from", "to"]))
    .option("--source <service>", "only from this service; `outside` for published ports")
    .option("--destination <service>", "only to this service")
    .option("--method <method>", "only this HTTP method")
    .option("--path <prefix>", "only paths that begin so")
    .option("--route <route>", "only this route, as `meshwise routes` tells it: 'GET /cart/{id}'")
    .option("--status <status>", "only this status or class: 404, 5xx", statusFilter)
    .option("--slower-than <duration>", "only those that took longer: 250ms", durationMs)
    .option("--error <code>", "only failures of the mesh or the transport with this code; `any` for all of them")
    .option("-n, --limit <count>", "how many at most; default: the newest 100, without end with --follow", wholeNumber)
    .option(
      "--rate <count>",
      "with --follow: how many a second at most; the others are counted (default: 100)",
      wholeNumber,
    );
  manual(command, {
    summary: "Single exchanges: who asked whom for what, the answer, how long it took",
    more: "Paths are kept without their query; no header and no body is kept.",
    examples: {
      "meshwise tap": "the last exchanges",
      "meshwise tap -f cart": "everything to and from cart, as it happens",
      "meshwise tap -f --status 5xx": "only failures",
      "meshwise tap --since 15m --slower-than 250ms": "the slow ones of a quarter of an hour",
      "meshwise tap -f -o ndjson | jq .durationUs": "for programs",
    },
    seeAlso: "tap = single exchanges; stat = how each service does; edges = who calls whom.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      const { state } = await runningProject(context, projectOf(self));
      const observatory = observatoryOf(state, context.clock);
      const query = filters(service, options);
      if (options.follow) return follow(context, options, observatory.follow(query));
      const answer = await observatory.tap(query);
      const lines = () => answer.rows.map((row) => tapLine(row, lineStyle(context, options)));
      await emit({ document: answer, rows: answer.rows, lines }, options.output, context.out);
      if (answer.rows.length === 0)
        await say(context, "No exchange was seen. Try `meshwise tap -f`, or a longer --since.");
      await sayGaps(context, answer);
      return 0;
    }),
  );
};

async function follow(context: Context, options: Options, rows: AsyncIterable<TapRow>): Promise<number> {
  for await (const row of rows) {
    if (row.skippedBefore && isForPeople(options.output)) {
      await say(context, `… ${row.skippedBefore} more were exchanged and not shown; filter, or raise --rate`);
    }
    await context.out.write(await live(row, options, context));
  }
  return 0;
}

/** A stream has no end to close a document with: JSON is then a line per exchange, YAML a document per exchange. */
async function live(row: TapRow, options: Options, context: Context): Promise<string> {
  if (isForPeople(options.output)) return `${tapLine(row, lineStyle(context, options))}\n`;
  return options.output === "yaml" ? `---\n${await yaml(row)}` : ndjson([row]);
}

function lineStyle(context: Context, options: Options) {
  return { wide: options.output === "wide", colour: context.out.colour, columns: context.out.columns() };
}

function filters(service: string | undefined, options: Options): Query {
  const { source, destination, method, path, route, status, error, slowerThan, limit, rate } = options;
  return {
    ...windowParameters(options),
    ...{ service, source, destination, method, path, route, status, error },
    "min-duration": slowerThan === undefined ? undefined : `${slowerThan}ms`,
    limit: limit?.toString(),
    rate: options.follow ? rate?.toString() : undefined,
  };
}

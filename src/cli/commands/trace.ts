// `meshwise trace`: all calls that one request caused, or a list of such requests.
import { type Command, Option } from "commander";
import type { TraceRow } from "../../api/types.ts";
import { answerView, sayGaps } from "../answer.ts";
import { observatoryOf } from "../client/observatory.ts";
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
import { emit } from "../output/emit.ts";
import { dateTime, latency } from "../output/format.ts";
import type { Column } from "../output/table.ts";
import { traceLines } from "../output/trace.ts";
import { runningProject } from "../project.ts";
import { wholeNumber } from "../values.ts";

type Options = OutputOptions &
  WindowOptions & {
    readonly of?: string;
    readonly slow?: boolean;
    readonly failed?: boolean;
    readonly route?: string;
    readonly limit?: number;
  };

const COLUMNS: readonly Column<TraceRow>[] = [
  { title: "TRACE", cell: ({ traceId }) => traceId.slice(0, 16) },
  { title: "TIME", cell: ({ time }) => ({ text: dateTime(time), tone: "quiet" }) },
  { title: "CALL", cell: ({ source, destination, method, path }) => `${source} → ${destination} ${method} ${path}` },
  { title: "STATUS", cell: ({ status }) => (status > 0 ? String(status) : "") },
  { title: "TOOK", align: "right", cell: ({ durationUs }) => latency(durationUs / 1000) },
  { title: "CALLS", align: "right", cell: ({ calls }) => String(calls) },
  { title: "SERVICES", align: "right", cell: ({ services }) => String(services.length) },
  {
    title: "FAILED",
    align: "right",
    cell: ({ failures }) => ({ text: String(failures), tone: failures > 0 ? "bad" : "quiet" }),
  },
  { title: "WHOM", wide: true, cell: ({ services }) => services.join(",") },
];

const CHOICE = ["of", "slow", "failed", "route", "limit", "since", "from", "to"] as const;

export const trace: Register = (program, act) => {
  const command = program
    .command("trace")
    .argument("[id]", "of a trace or of an exchange in it (`tap -o wide` shows them), or the beginning of one")
    .option("--of <service>", "list traces in which this service was asked")
    .option("--slow", "list the slowest instead of the newest")
    .option("--failed", "list those in which that call failed")
    .option("--route <path>", "list those in which that call was for a path that begins so")
    .addOption(new Option("-n, --limit <count>", "list so many at most (default: 20)").argParser(wholeNumber));
  outputOption(windowOptions(projectOptions(command), "60s"));
  manual(command, {
    summary: "All calls that one request caused: who waited for whom, and how sure that is",
    more: "Services need not pass anything on: whose call each one was is found by time and content. SURE is how probable that is; `sent` means that the service passed the trace on. The bar is full where the whole trace waited. Without an id traces are listed; calls are added to a trace for some seconds after its end.",
    examples: {
      "meshwise trace": "the newest traces, by what began them",
      "meshwise trace 4bf92f35": "one of them",
      "meshwise trace --of payment --slow --since 15m": "the slowest ones in which payment was asked",
      "meshwise trace --of checkout --failed -o wide": "those in which checkout failed, with all services",
      "meshwise trace 4bf92f35 -o json | jq '.spans[].confidence'": "for programs",
    },
    seeAlso: "tap = single exchanges; trace = what belongs together; stat = how each service does.",
  });
  command.action(
    act(async (context: Context, id: string | undefined, options: Options, self: Command) => {
      const given = CHOICE.find((name) => options[name] !== undefined);
      if (id !== undefined && given !== undefined) self.error(`--${given} is for a list: leave the id out`);
      const { state } = await runningProject(context, projectOf(self));
      const observatory = observatoryOf(state, context.clock);
      if (id !== undefined) {
        const answer = await observatory.trace(id);
        const view = { document: answer, rows: answer.spans, lines: traceLines.bind(undefined, answer) };
        await emit(view, options.output, context.out);
        return 0;
      }
      const { of, slow, failed, route, limit } = options;
      const answer = await observatory.traces({
        ...windowParameters(options),
        ...{ of, route, limit: limit?.toString(), slow: slow ? "1" : undefined, failed: failed ? "1" : undefined },
      });
      await emit(answerView(answer, COLUMNS), options.output, context.out);
      if (answer.rows.length === 0) await say(context, "No trace was seen in that time. Try a longer --since.");
      await sayGaps(context, answer);
      return 0;
    }),
  );
};

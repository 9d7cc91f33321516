// `meshwise why`: why a service is slow or fails, in the running mesh or, with --case, in a recorded incident.
import { type Command, Option } from "commander";
import type { Answer } from "../../analysis/why/answer.ts";
import { MeshError } from "../../base/errors/index.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
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
import { tint } from "../output/colour.ts";
import { emit } from "../output/emit.ts";
import { runningProject } from "../project.ts";
import { durationMs, sinceParameter } from "../values.ts";
import { whyLines } from "./why-lines.ts";
import { type WhyTarget, whyTarget } from "./why-target.ts";
import { news } from "./why-watch.ts";

type Options = OutputOptions &
  WindowOptions & {
    readonly case?: string;
    readonly metric?: string;
    readonly baseline?: number;
    readonly watch?: boolean;
  };

const ONE_THING = "Write a service, a caller and a service, and a route behind them, in quotes if it has spaces.";

export const why: Register = (program, act) => {
  const command = program
    .command("why")
    .argument(
      "[what...]",
      "a service, the worst when not given; a caller and a service for the calls between them; a route",
    );
  outputOption(windowOptions(projectOptions(command), "15m"))
    .option(
      "--metric <metric>",
      "latency, errors, or throughput: more or fewer requests; the worse of the first two when not given",
    )
    .addOption(
      new Option(
        "--baseline <duration>",
        "how long before the window is what is usual; default: three times the window, and five minutes at least",
      )
        .argParser(durationMs)
        .conflicts("case"),
    )
    .addOption(
      new Option("-w, --watch", "each new cause as it is found, until Ctrl-C").conflicts(["from", "to", "case"]),
    )
    .option("--case <file>", "a recorded incident's case.json, instead of the running mesh");
  manual(command, {
    summary: "Why a service is slow or fails, or that nothing is wrong",
    more: `Compares the window with the time before it, finds the service that adds the time or the failures, and says by its
ledger what kind of trouble that is. A window should begin before the trouble did. Ends with 1 when something is wrong.
With --case it reads services, calls and figures over time from files; their form, and the method: docs/why.md.`,
    examples: {
      "meshwise why": "is something wrong, and why",
      "meshwise why checkout --since 30m": "one service",
      "meshwise why web cart": "what web asks of cart, and nothing else",
      "meshwise why cart 'GET /cart/{id}'": "one of its routes; its name may be left out where nobody else has it",
      "meshwise why --since 2m --baseline 5m": "soon after another incident, which the baseline should not hold",
      "meshwise why --watch": "a line for each new cause, and when it is over",
      "meshwise why checkout --metric errors -o json": "for programs",
      "meshwise why checkout --metric throughput": "who asks it more, or less",
      "meshwise why --case incident/case.json": "a recorded incident",
    },
    seeAlso: "health = is something wrong now; ledger = where time goes; changes = what changed.",
  });
  command.action(
    act(async (context: Context, words: readonly string[], options: Options, self: Command) => {
      const target =
        whyTarget(words) ?? self.error(`error: ${words.join(" ")} is not one thing to ask about. ${ONE_THING}`);
      if (options.watch) return await watch(context, () => askMesh(context, target, options, self), options);
      const document =
        options.case === undefined
          ? await askMesh(context, target, options, self)
          : await readIncident(context, words, options.case);
      await emit(
        { document, rows: document.findings, lines: (style) => whyLines(document, style) },
        options.output,
        context.out,
      );
      const isFinding = options.case === undefined && document.findings.length > 0;
      return isFinding ? EXIT.failure : EXIT.ok;
    }),
  );
};

async function watch(context: Context, ask: () => Promise<Answer>, { output }: Options): Promise<number> {
  const { out, clock } = context;
  await say(context, "Looking every ten seconds; Ctrl-C ends it.");
  for await (const answer of news(ask, clock)) {
    const isWrong = answer.findings.length > 0;
    const mark = tint(isWrong ? "wrong" : "over ", isWrong ? "bad" : "good", out.colour);
    const line = `${answer.asOf} ${mark} ${answer.verdict}`;
    await out.write(`${output === "json" || output === "yaml" ? JSON.stringify(answer) : line}\n`);
  }
  return EXIT.ok;
}

async function askMesh(context: Context, target: WhyTarget, options: Options, self: Command): Promise<Answer> {
  const { state } = await runningProject(context, projectOf(self));
  const { metric, baseline } = options;
  const query = {
    ...windowParameters(options),
    ...target,
    ...(metric && { metric }),
    ...(baseline !== undefined && { baseline: sinceParameter(baseline) }),
  };
  return observatoryOf(state, context.clock).why(query);
}

async function readIncident(context: Context, words: readonly string[], file: string): Promise<Answer> {
  if (words.length > 0)
    throw new MeshError("case_invalid", `${file} says itself what it is about; ${words.join(" ")} is too much`);
  const { readCase } = await import("../incident/read.ts"); // with zod
  const { facts, symptom } = await readCase(context, file);
  const { why: answer } = await import("../../analysis/why/why.ts");
  return answer(facts, symptom);
}

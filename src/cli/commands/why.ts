// `meshwise why`: why a service is slow or fails, in the running mesh or, with --case, in a recorded incident.
import type { Command } from "commander";
import type { Answer } from "../../analysis/why/answer.ts";
import { MeshError } from "../../base/errors/index.ts";
import { observatoryOf } from "../client/observatory.ts";
import { EXIT, type Register } from "../command.ts";
import type { Context } from "../context.ts";
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
import { runningProject } from "../project.ts";
import { whyLines } from "./why-lines.ts";

type Options = OutputOptions & WindowOptions & { readonly case?: string; readonly metric?: string };

export const why: Register = (program, act) => {
  const command = program
    .command("why")
    .argument("[service]", "whose callers are not content; the worst when not given");
  outputOption(windowOptions(projectOptions(command), "15m"))
    .option("--metric <metric>", "latency or errors; the worse of the two when not given")
    .option("--case <file>", "a recorded incident's case.json, instead of the running mesh");
  manual(command, {
    summary: "Why a service is slow or fails, or that nothing is wrong",
    more: `Compares the window with the time before it, finds the service that adds the time or the failures, and says by its
ledger what kind of trouble that is. A window should begin before the trouble did. Ends with 1 when something is wrong.
With --case it reads services, calls and figures over time from files; their form, and the method: docs/why.md.`,
    examples: {
      "meshwise why": "is something wrong, and why",
      "meshwise why checkout --since 30m": "one service",
      "meshwise why checkout --metric errors -o json": "for programs",
      "meshwise why --case incident/case.json": "a recorded incident",
    },
    seeAlso: "health = is something wrong now; ledger = where time goes; changes = what changed.",
  });
  command.action(
    act(async (context: Context, service: string | undefined, options: Options, self: Command) => {
      const document =
        options.case === undefined
          ? await askMesh(context, service, options, self)
          : await readIncident(context, service, options.case);
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

async function askMesh(
  context: Context,
  service: string | undefined,
  options: Options,
  self: Command,
): Promise<Answer> {
  const { state } = await runningProject(context, projectOf(self));
  const { metric } = options;
  const query = { ...windowParameters(options), ...(service && { service }), ...(metric && { metric }) };
  return observatoryOf(state, context.clock).why(query);
}

async function readIncident(context: Context, service: string | undefined, file: string): Promise<Answer> {
  if (service !== undefined)
    throw new MeshError("case_invalid", `${file} says itself which service it is about; ${service} is one too many`);
  const { readCase } = await import("../incident/read.ts"); // with zod
  const { facts, symptom } = await readCase(context, file);
  const { why: answer } = await import("../../analysis/why/why.ts");
  return answer(facts, symptom);
}

// `meshwise why --case`: what caused a recorded incident, from the figures of each service and who calls whom.
import { why as answer } from "../../analysis/why/why.ts";
import { EXIT, type Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption } from "../options.ts";
import { emit } from "../output/emit.ts";
import { whyLines } from "./why-lines.ts";

type Options = OutputOptions & { readonly case: string };

export const why: Register = (program, act) => {
  const command = outputOption(program.command("why"));
  command.requiredOption("--case <file>", "case.json of a recorded incident");
  manual(command, {
    summary: "Why a service was slow or failed in a recorded incident",
    more: "Reads services, calls, requests, availability and latencies over time from files; says what it rests on, and when\nnothing is wrong. The form of the files, and the method: docs/why.md.",
    examples: {
      "meshwise why --case incident/case.json": "who caused it, for people",
      "meshwise why --case case.json -o json | jq -r '.findings[].subject.service'":
        "the suspects, the likeliest first",
    },
    seeAlso: "health = is something wrong now; stat = how each service does.",
  });
  command.action(
    act(async (context: Context, options: Options) => {
      const { readCase } = await import("../incident/read.ts"); // with zod
      const { facts, symptom } = await readCase(context, options.case);
      const document = answer(facts, symptom);
      await emit(
        { document, rows: document.findings, lines: (style) => whyLines(document, style) },
        options.output,
        context.out,
      );
      return EXIT.ok;
    }),
  );
};

// `meshwise funnel why`: why visitors are lost after a step of a funnel.
import type { Command } from "commander";
import { systemRandom } from "../../base/random.ts";
import { type Act, EXIT } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption } from "../options.ts";
import { emit } from "../output/emit.ts";
import type { TableStyle } from "../output/table.ts";
import { wholeNumber } from "../values.ts";
import { type FunnelOptions, fileFunnel, funnelOptions, liveFunnel, misused, sayNotes } from "./funnel-options.ts";
import { lossLines } from "./loss-lines.ts";

type Options = OutputOptions & FunnelOptions & { readonly step?: number };

export function registerFunnelWhy(funnel: Command, act: Act): void {
  const command = outputOption(
    funnelOptions(
      funnel
        .command("why")
        .argument("[funnel]", "a declared journey, or steps with ' > ' between; default: declared first, or found"),
    ),
  );
  command.option(
    "--step <number>",
    "after which they are lost; default: where most are for a technical reason, else where more are than before, else where most are",
    wholeNumber,
  );
  manual(command, {
    summary:
      "Why visitors are lost after a step: what they met, or that it is not technical, or that nobody can say yet",
    more: `Of the running mesh, what visitors met is known: failures, slowness, versions, and which service behind it was to blame. Events of
a file need attributes for it: status, a latency, and what they were served by (version, workload, zone); all others are taken to
say who the visitors are. docs/journeys.md says what is compared with what, and when nothing is claimed.`,
    examples: {
      "meshwise funnel why": "of the declared journey, or the one that was found",
      "meshwise funnel why purchase --step 3 --since 1h": "after its third step",
      "meshwise funnel why 'view > cart > pay' --events events.csv -o json": "of a file, for programs",
    },
    seeAlso:
      "funnel = how many come through; funnel why = why the others do not; why = why a service is slow or fails.",
  });
  command.action(
    act(async (context: Context, text: string | undefined, options: Options, self: Command) =>
      options.events === undefined
        ? ofMesh(context, text, options, self)
        : ofFile(context, text, options, options.events),
    ),
  );
}

async function ofMesh(context: Context, text: string | undefined, options: Options, self: Command): Promise<number> {
  const live = await liveFunnel(context, self, text, options);
  if ("wrong" in live) return misused(context, live.wrong);
  const answer = await live.observatory.funnelWhy({
    ...live.query,
    ...(options.step !== undefined && { step: String(options.step) }),
  });
  const lines = (style: TableStyle) => lossLines(answer, style);
  await emit({ document: answer, rows: answer.findings, lines }, options.output, context.out);
  await sayNotes(context, answer.seen);
  return EXIT.ok;
}

async function ofFile(context: Context, text: string | undefined, options: Options, events: string): Promise<number> {
  const asked = await fileFunnel(context, text, options, events);
  if ("wrong" in asked) return misused(context, asked.wrong);
  const { lossOf } = await import("../../analysis/journeys/why/why.ts");
  const answer = lossOf(asked.log, asked.definition, options.step, systemRandom());
  if ("wrong" in answer) return misused(context, `The funnel ${answer.wrong}`);
  const lines = (style: TableStyle) => lossLines(answer, style);
  await emit({ document: answer, rows: answer.findings, lines }, options.output, context.out);
  return EXIT.ok;
}

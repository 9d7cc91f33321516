// `meshwise ps`: the workloads, and below them what the mesh itself consists of and costs.
import type { Command } from "commander";
import type { HostState } from "../../api/host-types.ts";
import type { Clock } from "../../base/clock.ts";
import type { Register } from "../command.ts";
import { type Context, say } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { tint } from "../output/colour.ts";
import { emit, isForPeople } from "../output/emit.ts";
import { table } from "../output/table.ts";
import { runningProject } from "../project.ts";
import { cpuBetween, NO_SHARES, processColumns, workloadColumns } from "./ps-columns.ts";
import { shareLine, shareNow, shareSinceStart } from "./ps-share.ts";

/** the host refreshes its figures each second */
const SAMPLE_MS = 1100;

export const ps: Register = (program, act) => {
  const command = outputOption(projectOptions(program.command("ps")));
  manual(command, {
    summary: "The workloads of the project, and the mesh's own processes with what they cost",
    more: `CPU is the time used since the start; \`-o wide\` measures the present share for a second. The last line is what the
mesh itself costs, of one core and of all that it and the workloads use; in JSON it is \`mesh\`.`,
    examples: {
      "meshwise ps": "what runs, how healthy, since when",
      "meshwise ps -o wide": "with addresses, reasons and the present CPU share",
      "meshwise ps -o ndjson": "a line of JSON per workload",
    },
    seeAlso: "ps = what runs; stat = how it answers; logs = what it says; check = is the mesh itself healthy.",
  });
  command.action(
    act(async (context: Context, options: OutputOptions, self: Command) => {
      const { client, state: first } = await runningProject(context, projectOf(self));
      const isWide = options.output === "wide";
      const state = isWide ? await later(context.clock, () => client.state()) : first;
      const shares = isWide ? cpuBetween(first, state, SAMPLE_MS * 1000) : NO_SHARES;
      const nowUs = context.clock.nowUs();
      const sinceStart = shareSinceStart(state, nowUs);
      await emit(
        {
          document: { ...state, mesh: sinceStart },
          rows: state.workloads,
          lines: (style) => [
            ...table(workloadColumns(state, nowUs, shares), state.workloads, style),
            "",
            ...table(processColumns(shares), state.processes, style),
            "",
            shareLine(sinceStart, "since the start"),
            ...(isWide ? [shareLine(shareNow(state, shares), "now")] : []),
          ],
        },
        options.output,
        context.out,
      );
      if (isForPeople(options.output)) await sayLimitations(context, state);
      return 0;
    }),
  );
};

async function later(clock: Clock, ask: () => Promise<HostState>): Promise<HostState> {
  await clock.sleep(SAMPLE_MS);
  return ask();
}

async function sayLimitations(context: Context, state: HostState): Promise<void> {
  for (const limitation of state.limitations) {
    await say(context, `${tint("note:", "warning", context.err.colour)} ${limitation}`);
  }
}

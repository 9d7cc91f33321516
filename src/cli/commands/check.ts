// `meshwise check`: whether this machine can run the mesh, and whether the running one is sound.
import type { Command } from "commander";
import type { CheckResult, Group } from "../check/types.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, type ProjectOptions, projectOf, projectOptions } from "../options.ts";
import { emit, isForPeople } from "../output/emit.ts";

type Options = OutputOptions & { readonly pre?: boolean };

export const check: Register = (program, act) => {
  const command = outputOption(projectOptions(program.command("check")));
  command.option("--pre", "only what is needed before anything is started");
  manual(command, {
    summary: "Whether this machine can run the mesh, and whether the running one is sound",
    more: "√ in order, ‼ works with less, × does not work; each of the last two with what to do. Exit code 1 on any ×.",
    examples: {
      "meshwise check --pre": "before the first `up`",
      "meshwise check": "the machine and the running project",
      "meshwise check -o json | jq '.checks[] | select(.kind != \"ok\")'": "for programs",
    },
    seeAlso: "check = is the mesh itself healthy; stat = how services do; ps = what runs.",
  });
  command.action(
    act(async (context: Context, options: Options, self: Command) => {
      const { groupLines, results, summary } = await import("../check/report.ts");
      const groups = await wanted(context, projectOf(self), options.pre === true);
      const all: CheckResult[] = [];
      const style = { wide: options.output === "wide", colour: context.out.colour, columns: context.out.columns() };
      for await (const found of results(groups)) {
        all.push(...found);
        if (isForPeople(options.output)) await context.out.write(`${groupLines(found, style).join("\n")}\n`);
      }
      const isSound = all.every(({ kind }) => kind !== "failure");
      const view = {
        document: { ok: isSound, checks: all },
        rows: all,
        lines: () => [summary(all, context.out.colour)],
      };
      await emit(view, options.output, context.out);
      return isSound ? 0 : 1;
    }),
  );
};

async function wanted(context: Context, options: ProjectOptions, isBefore: boolean): Promise<readonly Group[]> {
  const { machineGroups, projectGroups } = await import("../check/groups.ts");
  return [...(await machineGroups(context, options)), ...(isBefore ? [] : await projectGroups(context, options))];
}

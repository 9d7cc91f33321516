// `meshwise demo fault`: breaks the running demo on purpose. The faults are a program of the demo's; none is known here.
import { join } from "node:path";
import { Argument, type Command, Option } from "commander";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption, projectOf, projectOptions } from "../options.ts";
import { durationMs, wholeNumber } from "../values.ts";

type Options = OutputOptions & {
  readonly list?: boolean;
  readonly off?: boolean;
  readonly truth?: boolean;
  readonly detach?: boolean;
  readonly seed?: number;
  readonly for?: number;
};

const PROGRAM = join(import.meta.dir, "..", "..", "..", "demo", "faults", "main.ts");

export const demo: Register = (program, act) => {
  const command = program
    .command("demo")
    .addArgument(new Argument("<what>", "the only thing there is").choices(["fault"]))
    .argument("[name]", "which one; --list has them")
    .option("--list", "all faults, and why some cannot be made on this host")
    .addOption(new Option("--seed <number>", "draws place, size and time; default: at random").argParser(wholeNumber))
    .addOption(new Option("--for <duration>", "how long, such as 60s; default: until Ctrl-C").argParser(durationMs))
    .option("-d, --detach", "return at once; it goes on until --off or the end of --for")
    .option("--off", "put everything back")
    .option("--truth", "what the faults were that are over");
  manual(outputOption(projectOptions(command, "--file <path>")), {
    summary: "Break the running demo on purpose, and find out what it was",
    more: `Runs against \`npm run demo\`. Faults are real: limits, lost packets, new versions with a mistake, other visitors. Where one
strikes, how hard and when is drawn from the seed. When it is over everything is put back, and the truth is told.`,
    examples: {
      "meshwise demo fault --list": "what can be broken, here",
      "meshwise demo fault packet-loss --for 2m": "somewhere packets are lost, for two minutes",
      "meshwise demo fault surge --seed 7": "the same crowd each time, until Ctrl-C",
      "meshwise demo fault slow-disk -d": "return at once; `meshwise demo fault --off` ends it",
    },
    seeAlso: "why = what it was.",
  });
  command.action(
    act(async (context: Context, _what: string, name: string | undefined, options: Options, self: Command) => {
      const { project } = projectOf(self);
      const child = Bun.spawn([process.execPath, PROGRAM, ...argumentsOf(name, options, project)], {
        env: { ...context.environment },
        stdin: "ignore",
        stdout: "inherit",
        stderr: "inherit",
      });
      // it ends in order, and we with it
      const giveBack = context.signals.take((signal) => child.kill(signal));
      try {
        return await child.exited;
      } finally {
        giveBack();
      }
    }),
  );
};

function argumentsOf(name: string | undefined, options: Options, project: string | undefined): string[] {
  const flags = (["list", "off", "truth", "detach"] as const)
    .filter((flag) => options[flag])
    .map((flag) => `--${flag}`);
  const values = { output: options.output, project, seed: options.seed, "for-ms": options.for };
  return [
    ...(name === undefined ? [] : [name]),
    ...flags,
    ...Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [`--${key}`, String(value)])),
  ];
}

// `meshwise version`.

import { VERSION } from "../../model/release.ts";
import type { Register } from "../command.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";
import { type OutputOptions, outputOption } from "../options.ts";
import { emit } from "../output/emit.ts";

export const version: Register = (program, act) => {
  const command = outputOption(program.command("version"));
  manual(command, {
    summary: "Which Meshwise this is, and what it runs on",
    examples: { "meshwise version": "for people", "meshwise version -o json": "for programs" },
  });
  command.action(
    act(async (context: Context, options: OutputOptions) => {
      const document = { meshwise: VERSION, bun: Bun.version, platform: `${process.platform}-${process.arch}` };
      const lines = () => [`meshwise ${VERSION} (bun ${document.bun}, ${document.platform})`];
      await emit({ document, rows: [document], lines }, options.output, context.out);
      return 0;
    }),
  );
};

// `meshwise completion bash|zsh|fish`: generated from the commands themselves, so that it cannot be out of date.
import { Argument } from "commander";
import type { Register } from "../command.ts";
import { bash } from "../completion/bash.ts";
import { fish } from "../completion/fish.ts";
import { completionTree } from "../completion/tree.ts";
import { zsh } from "../completion/zsh.ts";
import type { Context } from "../context.ts";
import { manual } from "../help.ts";

const SHELLS = { bash, zsh, fish } as const;

export const completion: Register = (program, act) => {
  const command = program
    .command("completion")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(SHELLS)));
  manual(command, {
    summary: "A script by which your shell completes meshwise's commands and options",
    examples: {
      "source <(meshwise completion bash)": "in ~/.bashrc",
      "source <(meshwise completion zsh)": "in ~/.zshrc, after compinit",
      "meshwise completion fish > ~/.config/fish/completions/meshwise.fish": "once",
    },
  });
  command.action(
    act(async (context: Context, shell: keyof typeof SHELLS) => {
      await context.out.write(SHELLS[shell](completionTree(program)));
      return 0;
    }),
  );
};

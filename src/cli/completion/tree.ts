// The commands, options and values that a shell completes, read from the commander tree.
import type { Command, Option } from "commander";

export type Flag = {
  readonly names: readonly string[];
  readonly text: string;
  readonly takesValue: boolean;
  readonly values: readonly string[];
  readonly isPath: boolean;
};

export type Node = {
  readonly name: string;
  readonly text: string;
  readonly flags: readonly Flag[];
  /** what may stand as an argument, where that is known */
  readonly values: readonly string[];
};

export type Tree = { readonly root: Node; readonly commands: readonly Node[] };

export function completionTree(program: Command): Tree {
  const commands = program.commands.map(node);
  const names = commands.map(({ name }) => name);
  const help: Node = { name: "help", text: "Print the help of a command", flags: [], values: names };
  return { root: { ...node(program), values: [...names, "help"] }, commands: [...commands, help] };
}

function node(command: Command): Node {
  return {
    name: command.name(),
    text: command.summary(),
    flags: command.createHelp().visibleOptions(command).map(flag),
    values: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
}

function flag(option: Option): Flag {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    text: option.description,
    takesValue: option.required || option.optional,
    values: option.argChoices ?? [],
    isPath: /<path(\.\.\.)?>/.test(option.flags),
  };
}

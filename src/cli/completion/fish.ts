// Completion for fish: `meshwise completion fish > ~/.config/fish/completions/meshwise.fish`.
import type { Flag, Node, Tree } from "./tree.ts";

export function fish({ root, commands }: Tree): string {
  return [
    "# fish completion of meshwise",
    ...root.flags.map((flag) => `complete -c meshwise -n __fish_use_subcommand ${option(flag)}`),
    ...commands.map(
      ({ name, text }) => `complete -c meshwise -n __fish_use_subcommand -f -a ${name} -d ${quote(text)}`,
    ),
    ...commands.flatMap(one),
    "",
  ].join("\n");
}

function one(node: Node): string[] {
  const here = `complete -c meshwise -n ${quote(`__fish_seen_subcommand_from ${node.name}`)}`;
  const values = node.values.length > 0 ? [`${here} -f -a ${quote(node.values.join(" "))}`] : [];
  return [...values, ...node.flags.map((flag) => `${here} ${option(flag)}`)];
}

function option({ names, text, takesValue, values, isPath }: Flag): string {
  const spelled = names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = takesValue
    ? [isPath ? "-r -F" : "-x", ...(values.length > 0 ? [`-a ${quote(values.join(" "))}`] : [])]
    : [];
  return [...spelled, ...value, `-d ${quote(text)}`].join(" ");
}

function quote(text: string): string {
  return `'${text.replace(/['\\]/g, "\\$&")}'`;
}

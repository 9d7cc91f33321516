// Completion for zsh: `meshwise completion zsh > "${fpath[1]}/_meshwise"`, or `source <(meshwise completion zsh)`.
import type { Flag, Node, Tree } from "./tree.ts";

export function zsh({ root, commands }: Tree): string {
  return `#compdef meshwise
# zsh completion of meshwise
_meshwise() {
  local -a commands
  local state line
  commands=(
${commands.map(({ name, text }) => `    ${quote(`${name}:${text}`)}`).join("\n")}
  )
  _arguments -C ${root.flags.flatMap(flag).join(" ")} '1: :->command' '*:: :->rest'
  case $state in
    command) _describe command commands ;;
    rest)
      case $line[1] in
${commands.map(one).join("\n")}
      esac ;;
  esac
}
if [ "$funcstack[1]" = _meshwise ]; then _meshwise "$@"; else compdef _meshwise meshwise; fi
`;
}

function one(node: Node): string {
  const rest = node.values.length > 0 ? quote(`1: :(${node.values.join(" ")})`) : "'*: :_default'";
  return `        ${node.name}) _arguments ${[...node.flags.flatMap(flag), rest].join(" ")} ;;`;
}

function flag({ names, text, takesValue, values, isPath }: Flag): string[] {
  const action = isPath ? "_files" : values.length > 0 ? `(${values.join(" ")})` : " ";
  const value = takesValue ? `:value:${action}` : "";
  return names.map((name) => quote(`(${names.join(" ")})${name}[${text.replace(/[[\]:]/g, "\\$&")}]${value}`));
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

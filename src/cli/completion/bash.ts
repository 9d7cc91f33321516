// Completion for bash: `source <(meshwise completion bash)`. Needs nothing but bash itself.
import type { Flag, Node, Tree } from "./tree.ts";

export function bash({ root, commands }: Tree): string {
  return `# bash completion of meshwise
_meshwise() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command= i=1
  while ((i < COMP_CWORD)); do
    case \${COMP_WORDS[i]} in
      ${valued(root)}) ((i++)) ;;
      -*) ;;
      *) command=\${COMP_WORDS[i]}; break ;;
    esac
    ((i++))
  done
  COMPREPLY=()
  case $command,$before in
${[root, ...commands].flatMap(values).join("\n")}
  esac
  case $command in
${commands.map(words).join("\n")}
    '') COMPREPLY=($(compgen -W ${quote([...root.values, ...names(root)])} -- "$word")) ;;
  esac
}
complete -o default -F _meshwise meshwise
`;
}

/** the root's own commands are called by an empty name */
function label(node: Node): string {
  return node.name === "meshwise" ? "" : node.name;
}

function values(node: Node): string[] {
  return node.flags
    .filter((flag) => flag.takesValue)
    .map((flag) => {
      const cases = flag.names.map((name) => `${label(node)},${name}`).join("|");
      return `    ${cases}) ${flag.isPath ? 'COMPREPLY=($(compgen -f -- "$word"))' : `COMPREPLY=($(compgen -W ${quote(flag.values)} -- "$word"))`}; return ;;`;
    });
}

function words(node: Node): string {
  return `    ${node.name}) COMPREPLY=($(compgen -W ${quote([...node.values, ...names(node)])} -- "$word")) ;;`;
}

function names(node: Node): string[] {
  return node.flags.flatMap((flag) => flag.names).filter((name) => name.startsWith("--"));
}

function valued(root: Node): string {
  return root.flags
    .filter((flag: Flag) => flag.takesValue)
    .flatMap((flag) => flag.names)
    .join("|");
}

function quote(list: readonly string[]): string {
  return `'${list.join(" ")}'`;
}

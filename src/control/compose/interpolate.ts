// Variables in a Compose file: $VAR ${VAR} ${VAR:-d} ${VAR-d} ${VAR:?e} ${VAR?e} ${VAR:+x} ${VAR+x} and $$ for a dollar
// (https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md). Defaults may themselves hold variables.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Compose's syntax for variables

import type { Filled } from "../yaml/document.ts";

export type Lookup = (name: string) => string | undefined;

const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;

export function interpolate(text: string, lookup: Lookup): Filled {
  const mistakes: { offset: number; what: string; fix: string }[] = [];
  const unset: string[] = [];
  let at = 0;

  const nameHere = (): string | undefined => {
    NAME.lastIndex = at;
    const name = NAME.exec(text)?.[0];
    if (name) at += name.length;
    return name;
  };

  const plain = (name: string): string => {
    const value = lookup(name);
    if (value === undefined) unset.push(name);
    return value ?? "";
  };

  // `until` ends the text without being consumed: "}" inside braces. A dead branch is read without effect.
  const read = (until: "" | "}", isDead: boolean): string => {
    let value = "";
    while (at < text.length && text[at] !== (until || undefined)) {
      if (text[at] !== "$") value += text[at++];
      else value += variable(isDead);
    }
    return value;
  };

  const variable = (isDead: boolean): string => {
    const offset = at++;
    if (text[at] === "$") return text[at++] ?? "";
    if (text[at] === "{") return braced(offset, isDead);
    const name = nameHere();
    if (name) return isDead ? "" : plain(name);
    mistakes.push({
      offset,
      what: "a $ that begins no variable",
      fix: "Write $$ for a dollar sign, or ${NAME} for a variable.",
    });
    return "$";
  };

  const braced = (offset: number, isDead: boolean): string => {
    at++;
    const name = nameHere();
    const operator = /^(:?[-?+])/.exec(text.slice(at, at + 2))?.[0] ?? "";
    at += operator.length;
    const given = name === undefined ? undefined : lookup(name);
    const hasValue = given !== undefined && !(operator.startsWith(":") && given === "");
    const kind = operator.at(-1);
    const rest = operator ? read("}", isDead || (kind === "+" ? !hasValue : hasValue)) : "";
    if (name === undefined || text[at] !== "}") {
      mistakes.push({
        offset,
        what: "${…} is not a variable",
        fix: "Write ${NAME} or ${NAME:-default}, or $${ for text.",
      });
      const end = text.indexOf("}", at);
      at = end < 0 ? text.length : end + 1;
      return "";
    }
    at++;
    if (isDead) return "";
    if (kind === "+") return hasValue ? rest : "";
    if (hasValue) return given;
    if (kind === "-") return rest;
    if (kind === "?") {
      const means = rest || (operator === ":?" && given === "" ? "it is empty" : "it is not set");
      mistakes.push({
        offset,
        what: `the variable ${name} is required: ${means}`,
        fix: `Set ${name} in the environment or in .env.`,
      });
      return "";
    }
    return plain(name);
  };

  const value = read("", false);
  return { value, mistakes, unset };
}

// Reads .env and env_file in Compose's dialect: NAME=value, export, comments, quotes over several lines, variables in
// double-quoted and unquoted values, and NAME alone for "as in the environment".
import { interpolate, type Lookup } from "./interpolate.ts";

export type Dotenv = {
  readonly values: ReadonlyMap<string, string>;
  readonly mistakes: readonly {
    readonly line: number;
    readonly column: number;
    readonly what: string;
    readonly fix: string;
  }[];
};

const ASSIGNMENT = /[ \t]*(?:export[ \t]+)?([A-Za-z_][\w.-]*)[ \t]*(?:([=:])[ \t]*|(?=#|\r?\n|$))/y;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", '"': '"', "\\": "\\", $: "$$" };

export function parseDotenv(text: string, environment: Lookup): Dotenv {
  const values = new Map<string, string>();
  const mistakes: { line: number; column: number; what: string; fix: string }[] = [];
  const lookup: Lookup = (name) => environment(name) ?? values.get(name);
  let at = 0;

  const mistake = (offset: number, what: string, fix: string) => {
    const before = text.slice(0, offset).split("\n");
    mistakes.push({ line: before.length, column: (before.at(-1)?.length ?? 0) + 1, what, fix });
  };
  const skipLine = () => {
    const end = text.indexOf("\n", at);
    at = end < 0 ? text.length : end + 1;
  };
  // a $ that begins no variable is text here, as in Compose
  const expand = (value: string) => {
    const { value: expanded, mistakes: odd } = interpolate(value, lookup);
    return odd.length > 0 ? value : expanded;
  };

  while (at < text.length) {
    const blank = /[ \t\r]*(?:#[^\n]*)?(?:\n|$)/y;
    blank.lastIndex = at;
    if (blank.test(text)) {
      at = Math.max(blank.lastIndex, at + 1);
      continue;
    }
    ASSIGNMENT.lastIndex = at;
    const found = ASSIGNMENT.exec(text);
    if (!found) {
      mistake(at, "not NAME=value", "Write NAME=value, or # before a comment.");
      skipLine();
      continue;
    }
    const name = found[1] ?? "";
    const start = ASSIGNMENT.lastIndex;
    at = start;
    if (!found[2]) {
      const inherited = environment(name);
      if (inherited !== undefined) values.set(name, inherited);
      skipLine();
      continue;
    }
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = endOfQuoted(text, at + 1, quote);
      if (end < 0) {
        mistake(start, `the quoted value of ${name} has no end`, `Close it with ${quote}.`);
        return { values, mistakes };
      }
      const inner = text.slice(at + 1, end);
      values.set(name, quote === "'" ? inner : expand(unescaped(inner)));
      at = end + 1;
      skipLine();
      continue;
    }
    skipLine();
    const line = text.slice(start, at).replace(/\r?\n$/, "");
    values.set(name, expand(line.replace(/(^|[ \t])#.*$/, "").trim()));
  }
  return { values, mistakes };
}

function endOfQuoted(text: string, from: number, quote: string): number {
  for (let i = from; i < text.length; i++) {
    if (text[i] === "\\" && quote === '"') i++;
    else if (text[i] === quote) return i;
  }
  return -1;
}

function unescaped(text: string): string {
  return text.replace(/\\([\s\S])/g, (whole, char: string) => ESCAPES[char] ?? whole);
}

// Many regular expressions (RE2 syntax) against one text at once, in time linear in the text whatever they are: a path
// costs the same for one route and for ten thousand, and no expression and no path can stop a worker.
import { RE2JS, RE2Set } from "re2js";

export type RegexSet = {
  /** numbers of the expressions that match the whole text, ascending */
  match(text: string): readonly number[];
};

/** of states that were met so far; when it is full they are forgotten and found again */
const STATE_BYTES = 4 * 1024 * 1024;

/** Throws what re2js throws for an expression that is none. */
export function regexSet(expressions: readonly string[]): RegexSet {
  const set = new RE2Set(RE2Set.ANCHOR_BOTH, 0, STATE_BYTES);
  for (const expression of expressions) set.add(expression);
  try {
    set.compile();
  } catch (error) {
    // one program has a largest size
    if (expressions.length === 1) throw error;
    return halves(expressions);
  }
  return { match: (text) => set.match(text) };
}

function halves(expressions: readonly string[]): RegexSet {
  const middle = expressions.length >> 1;
  const first = regexSet(expressions.slice(0, middle));
  const second = regexSet(expressions.slice(middle));
  return { match: (text) => [...first.match(text), ...second.match(text).map((number) => number + middle)] };
}

/** Does the expression match the whole text? */
export function regex(expression: string): (text: string) => boolean {
  const compiled = RE2JS.compile(expression);
  return (text) => compiled.matches(text);
}

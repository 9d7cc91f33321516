// The routes of one host by path. The precedence of the Gateway API: an exact path, then the longest prefix; regular
// expressions, which it leaves to us, stand between the two, the longest one first. When nothing at a path has the right
// method, headers and query, the next one in that order is asked.
import type { HttpMatch } from "../../../model/route.ts";
import { SLASH } from "../../../protocol/http1/characters.ts";
import { type Asked, type Candidate, type Conditions, conditionsOf } from "./conditions.ts";
import { configuredPath, configuredPrefix } from "./normal-path.ts";
import { type RegexSet, regexSet } from "./regex-set.ts";

export type Paths<T> = (asked: Asked) => T | undefined;

/** Of the tree of prefixes, by segments: it is walked once along the path, however many prefixes there are. */
type Node<T> = {
  readonly children: Map<string, Node<T>>;
  /** its only child and that one's name: to compare costs less than to look up, for which a string must be made and hashed */
  only: readonly [name: string, child: Node<T>] | undefined;
  conditions: Conditions<T> | undefined;
  /** the next shorter prefix that has routes */
  shorter: Node<T> | undefined;
};

export function compilePaths<T>(candidates: readonly Candidate<T>[]): Paths<T> {
  const exact = grouped(candidates, "exact", configuredPath);
  const prefixes = grouped(candidates, "prefix", configuredPrefix);
  const expressions = grouped(candidates, "regex", (value) => value);

  const byPath = new Map([...exact].map(([path, group]) => [path, conditionsOf(group)]));
  const byExpression = [...expressions].sort(([a], [b]) => b.length - a.length);
  const set: RegexSet | undefined = byExpression.length > 0 ? regexSet(byExpression.map(([text]) => text)) : undefined;
  const conditions = byExpression.map(([, group]) => conditionsOf(group));
  const root = tree(prefixes);

  return (asked) => {
    const { path } = asked;
    if (byPath.size > 0) {
      const found = byPath.get(path)?.(asked);
      if (found !== undefined) return found;
    }
    if (set) {
      for (const number of set.match(path)) {
        const found = conditions[number]?.(asked);
        if (found !== undefined) return found;
      }
    }
    for (let at: Node<T> | undefined = deepest(root, path); at; at = at.shorter) {
      const found = at.conditions?.(asked);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

function grouped<T>(
  candidates: readonly Candidate<T>[],
  type: HttpMatch["path"]["type"],
  spell: (path: string) => string,
): Map<string, Candidate<T>[]> {
  const groups = new Map<string, Candidate<T>[]>();
  for (const candidate of candidates) {
    if (candidate.match.path.type !== type) continue;
    const value = spell(candidate.match.path.value);
    const group = groups.get(value);
    if (group) group.push(candidate);
    else groups.set(value, [candidate]);
  }
  return groups;
}

function tree<T>(prefixes: ReadonlyMap<string, readonly Candidate<T>[]>): Node<T> {
  const root = node<T>();
  for (const [prefix, group] of prefixes) {
    let at = root;
    for (const segment of prefix === "" ? [] : prefix.slice(1).split("/")) {
      const child = at.children.get(segment) ?? node<T>();
      at.children.set(segment, child);
      at = child;
    }
    at.conditions = conditionsOf(group);
  }
  finish(root, undefined);
  return root;
}

function node<T>(): Node<T> {
  return { children: new Map(), only: undefined, conditions: undefined, shorter: undefined };
}

/** Once all children are there. */
function finish<T>(node: Node<T>, shorter: Node<T> | undefined): void {
  node.shorter = shorter;
  const next = node.conditions ? node : shorter;
  if (node.children.size === 1) [node.only] = node.children;
  for (const child of node.children.values()) finish(child, next);
}

/** How far the path goes down the tree. */
function deepest<T>(root: Node<T>, path: string): Node<T> {
  let at = root;
  // `*` and the empty path of CONNECT are under the root only
  if (path.charCodeAt(0) !== SLASH) return at;
  for (let from = 1; at.children.size > 0 && from <= path.length; ) {
    const slash = path.indexOf("/", from);
    const end = slash < 0 ? path.length : slash;
    const child = childOf(at, path, from, end);
    if (!child) return at;
    at = child;
    from = end + 1;
  }
  return at;
}

function childOf<T>({ only, children }: Node<T>, path: string, from: number, end: number): Node<T> | undefined {
  if (only === undefined) return children.get(path.slice(from, end));
  const [name, child] = only;
  return name.length === end - from && path.startsWith(name, from) ? child : undefined;
}

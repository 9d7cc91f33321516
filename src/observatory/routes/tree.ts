// What was learned of the paths of one service: a tree of segments, in which a place that takes many different words
// becomes a variable.
import { ID, type Segment } from "./segment.ts";

export type Node<Route> = {
  /** the segments from the root on, as a route shows them: "" is the root, `/cart/{id}` a place below */
  readonly template: string;
  /** its depth, in segments */
  readonly depth: number;
  readonly words: Map<string, Node<Route>>;
  /** `{id}`, `{date}`, `{id}.png`, … */
  readonly values: Map<string, Node<Route>>;
  /** what all that is no word is called here, as declared; `*` takes the rest of the path */
  declared: string | undefined;
  /** by what a variable is called here: the weights of its words; a place that takes too many takes any */
  readonly weights: Map<string, number>;
  readonly taken: Set<string>;
  /** words that were declared */
  readonly fixed: Set<string>;
  /** of the children of its words: under how many of them each stands */
  readonly shared: Map<string, number>;
  /** successes seen here that have no route yet */
  unnamed: number;
  /** paths that had a value by its looks below here */
  valued: number;
  /** by method */
  readonly routes: Map<number, Route>;
};

export type TreeDeps<Route> = {
  /** the route of `from` is from now on called as that of `to`, which is made when it is missing */
  readonly fold: (route: Route, method: number, to: Node<Route>) => void;
  readonly segment: (text: string) => Segment;
};

export type Tree<Route> = {
  readonly root: Node<Route>;
  /** the place of a path; with `learn`, places are made as long as there is room. undefined: there is none */
  find(path: string, learn: boolean): Node<Route> | undefined;
  /** `/products/{slug}`, `/static/*`: what was learned there is folded into it */
  declare(templates: readonly string[]): void;
  /** the place of a template that was told before; `was` is a path or template that had been taken for it */
  restore(template: string, was?: string): Node<Route> | undefined;
  /** rises when a known path may have another place */
  version(): number;
};

/** Words of full weight (or ten times as many that look like the API's own) that make a place a variable. */
const ENOUGH = 6;
/** the same where nearly all else is a value by its looks: `/manifests/sha256:…` and `/manifests/stable` */
const ENOUGH_AMONG_VALUES = 2.5;
const AMONG = 10;
const FEW = 4;
/** brothers that have a child of the same name: then they are things of one kind, and fewer are enough */
const ALIKE = 4;
const MOST_DEPTH = 12;
const MOST_NODES = 4_000;
const MOST_VALUES = 24;
const REST = "{rest}";

export function tree<Route>({ fold, segment }: TreeDeps<Route>): Tree<Route> {
  const root = node<Route>("", 0);
  let nodes = 1;
  let version = 0;
  /** what is to be changed above the place that is being looked for */
  const ripe: (() => void)[] = [];

  const child = (of: Node<Route>, kind: "words" | "values", label: string): Node<Route> | undefined => {
    let found = of[kind].get(label);
    if (found || nodes >= MOST_NODES) return found;
    found = node(`${of.template}/${label}`, of.depth + 1);
    of[kind].set(label, found);
    nodes++;
    return found;
  };

  const value = (of: Node<Route>, label: string) =>
    child(of, "values", of.values.size >= MOST_VALUES && !of.values.has(label) ? ID : label);

  const step = (at: Node<Route>, above: Node<Route> | undefined, text: string, learn: boolean) => {
    if (at.depth >= MOST_DEPTH) return learn ? value(at, REST) : at.values.get(REST);
    const known = at.words.get(text);
    if (known) return known;
    if (at.declared !== undefined) return value(at, at.declared);
    const one = segment(text);
    if (!one.isWord) {
      if (!learn) return at.values.get(one.label) ?? at.values.get(ID);
      if (++at.valued === AMONG * at.words.size) takeRipe(at);
      return value(at, one.label);
    }
    const labelled = at.words.get(one.label);
    if (labelled) return labelled;
    // nobody is called `search` or `-`
    if (at.taken.has(one.variable) && one.weight > 0) return value(at, one.variable);
    return learn ? addWord(at, above, one) : undefined;
  };

  const addWord = (at: Node<Route>, above: Node<Route> | undefined, one: Segment & { isWord: true }) => {
    const added = child(at, "words", one.label);
    if (!added) return undefined;
    if (above) noteShared(above, at, one);
    const weight = (at.weights.get(one.variable) ?? 0) + one.weight;
    at.weights.set(one.variable, weight);
    if (weight < enough(at)) return added;
    take(at, one.variable);
    return at.words.get(one.label) ?? at.values.get(one.variable);
  };

  /** It is met mostly by values now, and what were enough words for that may be there already. */
  const takeRipe = (at: Node<Route>) => {
    for (const [variable, weight] of at.weights) {
      if (weight >= enough(at) && !at.taken.has(variable)) take(at, variable);
    }
  };

  /** `/octocat/hello/issues`, `/torvalds/linux/issues`: whatever has issues is a thing, not a word of the API. */
  const noteShared = (above: Node<Route>, brother: Node<Route>, { label, weight }: Segment & { isWord: true }) => {
    const own = segment(brother.template.slice(brother.template.lastIndexOf("/") + 1));
    if (!own.isWord || own.weight < 0.2 || weight === 0 || above.shared.size > 64) return;
    const brothers = (above.shared.get(label) ?? 0) + 1;
    above.shared.set(label, brothers);
    if (brothers >= ALIKE && !above.taken.has(own.variable)) ripe.push(() => take(above, own.variable));
  };

  /** The place takes any word from now on; those it has become one, but for the API's own. */
  const take = (at: Node<Route>, variable: string) => {
    at.taken.add(variable);
    version++;
    const to = value(at, variable);
    if (!to) return;
    for (const [label, one] of [...at.words]) {
      const known = segment(label);
      if (!known.isWord || known.variable !== variable || known.weight <= KEPT || at.fixed.has(label)) continue;
      at.words.delete(label);
      merge(one, to);
    }
  };

  const merge = (from: Node<Route>, to: Node<Route>) => {
    nodes--;
    for (const [method, route] of from.routes) fold(route, method, to);
    for (const [label, below] of from.values) {
      const target = value(to, to.declared ?? label);
      if (target) merge(below, target);
    }
    for (const [label, below] of from.words) {
      const target = step(to, undefined, label, true);
      if (target && target !== below) merge(below, target);
    }
  };

  const walk = (path: string, learn: boolean): Node<Route> | undefined => {
    let at = root;
    let above: Node<Route> | undefined;
    for (const text of path.split("/")) {
      if (text === "") continue;
      if (at.declared === "*") return at.values.get("*");
      const next = step(at, above, text, learn);
      if (!next) return undefined;
      above = at;
      at = next;
      if (next.template.endsWith(`/${REST}`)) break;
    }
    if (ripe.length === 0) return at;
    for (const change of ripe.splice(0)) change();
    return walk(path, learn);
  };

  const restore = (template: string, was?: string): Node<Route> | undefined => {
    const before = was?.split("/");
    let at: Node<Route> = root;
    for (const [index, label] of template.split("/").entries()) {
      if (label === "") continue;
      const isValue = label === "*" || (label.includes("{") && !segment(label).isWord);
      const known = before?.[index] === undefined ? undefined : segment(before[index]);
      if (isValue && known?.isWord && known.variable === label) at.taken.add(label);
      const next = isValue ? child(at, "values", label) : restoreWord(at, label);
      if (!next) return undefined;
      at = next;
    }
    return at;
  };
  /** counted as when it was learned, but nothing is folded: what had to be was */
  const restoreWord = (at: Node<Route>, label: string) => {
    const one = segment(label);
    if (one.isWord && !at.words.has(label) && !at.taken.has(one.variable)) {
      at.weights.set(one.variable, Math.min(ENOUGH - 1e-9, (at.weights.get(one.variable) ?? 0) + one.weight));
    }
    return child(at, "words", label);
  };

  /** Makes the places of a declared template, and returns those that have a variable now. */
  const lay = (template: string): Node<Route>[] => {
    const places: Node<Route>[] = [];
    let at = root;
    for (const label of template.split("/")) {
      if (label === "") continue;
      const isVariable = label === "*" || /^\{[A-Za-z_]\w*\}$/.test(label);
      const next = child(at, isVariable ? "values" : "words", label);
      if (!next) break;
      if (!isVariable) at.fixed.add(label);
      else if (at.declared !== label) {
        at.declared = label;
        places.push(at);
        version++;
      }
      at = next;
    }
    return places;
  };

  const foldUndeclared = (at: Node<Route>) => {
    const to = at.values.get(at.declared ?? "");
    if (!to) return;
    for (const [label, below] of [...at.values]) {
      if (below !== to && at.values.delete(label)) merge(below, to);
    }
    for (const [label, below] of [...at.words]) {
      if (!at.fixed.has(label) && at.words.delete(label)) merge(below, to);
    }
  };

  return {
    root,
    find: walk,
    restore,
    version: () => version,
    declare(templates) {
      const places = templates.flatMap(lay);
      for (const at of places) foldUndeclared(at);
    },
  };
}

/** words of the API's own stay words in a place that became a variable */
const KEPT = 0.1;

function enough<Route>({ valued, words }: Node<Route>): number {
  return words.size >= FEW && valued >= AMONG * words.size ? ENOUGH_AMONG_VALUES : ENOUGH;
}

function node<Route>(template: string, depth: number): Node<Route> {
  return {
    ...{ template, depth, declared: undefined, unnamed: 0, valued: 0 },
    words: new Map(),
    values: new Map(),
    weights: new Map(),
    taken: new Set(),
    fixed: new Set(),
    shared: new Map(),
    routes: new Map(),
  };
}

// The routes that match at one path (or one prefix, or one regular expression), by method, headers and query parameters.
//
// A tuple space: matches that ask for the same things, whatever values they want, share a tree of maps from values to
// routes, so that a thousand canaries by one header cost one look-up. Only values wanted by regular expression are tried one by one.
import type { HttpMatch, ValueMatch } from "../../../model/route.ts";
import { regex } from "./regex-set.ts";
import { headerValue, queryValue } from "./values.ts";

/** @template T what is found */
export type Candidate<T> = {
  readonly match: HttpMatch;
  readonly found: T;
  /** the smaller one wins between equals */
  readonly order: number;
};

/** What of a request is compared, as it will be sent. */
export type Asked = {
  readonly method: string;
  /** host[:port] */
  readonly authority: string;
  /** as `normalPath` spells it */
  readonly path: string;
  /** has the query */
  readonly target: string;
  readonly lines: string;
};

export type Conditions<T> = (asked: Asked) => T | undefined;

type Residual<T> = Candidate<T> & { readonly holds: (asked: Asked) => boolean };

/** What a request must have, beside the values that it must have there. */
type Group<T> = {
  readonly asksMethod: boolean;
  readonly headers: readonly string[];
  readonly query: readonly string[];
  readonly root: Values<T>;
};

/** A level for each thing asked for: method, headers, query. Mostly all want the same there, and that needs no map. */
type Values<T> = {
  /** the only value wanted here, and what is below it; with a second one they are all in `others` */
  value: string | undefined;
  next: Values<T> | undefined;
  others: Map<string, Values<T>> | undefined;
  readonly matches: Residual<T>[];
};

/** The precedence of the Gateway API (HTTPRouteRule.matches): a method, then more headers, then more query parameters. */
type Rank<T> = { readonly place: number; readonly groups: Map<string, Group<T>> };

const HOLDS = () => true;
const NONE: readonly never[] = [];

/** Candidates come in their order. Compiled when first asked: of thousands of routes a worker may see a few. */
export function conditionsOf<T>(candidates: readonly Candidate<T>[]): Conditions<T> {
  const [first] = candidates;
  // nothing but the path matters, as mostly
  if (first && candidates.every(isUnconditional)) return () => first.found;
  let compiled: Conditions<T> | undefined;
  return (asked) => {
    compiled ??= compile(candidates);
    return compiled(asked);
  };
}

function isUnconditional({ match }: Candidate<unknown>): boolean {
  return match.method === undefined && match.headers.length === 0 && match.query.length === 0;
}

function compile<T>(candidates: readonly Candidate<T>[]): Conditions<T> {
  const ranks = new Map<number, Rank<T>>();
  for (const candidate of candidates) add(ranks, candidate);
  const ordered = [...ranks.values()]
    .sort((a, b) => b.place - a.place)
    .map(({ groups }) => [...groups.values()] as const);
  return (asked) => {
    for (const groups of ordered) {
      const best = bestOf(groups, asked);
      if (best) return best.found;
    }
    return undefined;
  };
}

function add<T>(ranks: Map<number, Rank<T>>, candidate: Candidate<T>): void {
  const { match } = candidate;
  const headers = sorted(match.headers);
  const query = sorted(match.query);
  // at most 16 of each in the specification; the factors leave room for more
  const place = (match.method === undefined ? 0 : 1e8) + headers.length * 1e4 + query.length;
  const rank = getOrMake(ranks, place, () => ({ place, groups: new Map() }));

  const exactHeaders = headers.filter(isExact);
  const exactQuery = query.filter(isExact);
  const names = [exactHeaders.map(nameOf), exactQuery.map(nameOf)] as const;
  const asksMethod = match.method !== undefined;
  const group = getOrMake(
    rank.groups,
    JSON.stringify(names),
    (): Group<T> => ({ asksMethod, headers: names[0], query: names[1], root: values() }),
  );
  let at = group.root;
  if (match.method !== undefined) at = below(at, match.method);
  for (const { value } of [...exactHeaders, ...exactQuery]) at = below(at, value);
  // candidates come in their order
  at.matches.push({ ...candidate, holds: residual(headers, query) });
}

/** Of several for one name only the first counts, says the specification. */
function sorted(matches: readonly ValueMatch[]): readonly ValueMatch[] {
  const firsts = matches.filter(({ name }, i) => matches.findIndex((other) => other.name === name) === i);
  return firsts.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function isExact({ type }: ValueMatch): boolean {
  return type === "exact";
}

function nameOf({ name }: ValueMatch): string {
  return name;
}

/** The conditions by regular expression. */
function residual(headers: readonly ValueMatch[], query: readonly ValueMatch[]): (asked: Asked) => boolean {
  const wanted = [
    ...headers.filter((one) => !isExact(one)).map((one) => wants(one, ({ lines }, name) => headerValue(lines, name))),
    ...query.filter((one) => !isExact(one)).map((one) => wants(one, (asked, name) => queryValue(asked.target, name))),
  ];
  return wanted.length === 0 ? HOLDS : (asked) => wanted.every((holds) => holds(asked));
}

function wants({ name, value }: ValueMatch, read: (asked: Asked, name: string) => string | undefined) {
  const matches = regex(value);
  return (asked: Asked): boolean => {
    const found = read(asked, name);
    return found !== undefined && matches(found);
  };
}

function bestOf<T>(groups: readonly Group<T>[], asked: Asked): Residual<T> | undefined {
  let best: Residual<T> | undefined;
  for (const group of groups) {
    for (const one of matchesOf(group, asked) ?? NONE) {
      if (best && best.order < one.order) break;
      if (!one.holds(asked)) continue;
      best = one;
      break;
    }
  }
  return best;
}

/** What the group has for the request's values, the smallest order first; undefined: nothing. */
function matchesOf<T>({ asksMethod, headers, query, root }: Group<T>, asked: Asked): Residual<T>[] | undefined {
  let at: Values<T> | undefined = root;
  if (asksMethod) at = step(at, asked.method);
  for (let i = 0; at && i < headers.length; i++) at = step(at, headerValue(asked.lines, headers[i] as string));
  for (let i = 0; at && i < query.length; i++) at = step(at, queryValue(asked.target, query[i] as string));
  return at?.matches;
}

function step<T>(at: Values<T>, value: string | undefined): Values<T> | undefined {
  if (value === undefined) return undefined;
  if (at.others) return at.others.get(value);
  return at.value === value ? at.next : undefined;
}

function values<T>(): Values<T> {
  return { value: undefined, next: undefined, others: undefined, matches: [] };
}

function below<T>(at: Values<T>, value: string): Values<T> {
  if (at.others) return getOrMake(at.others, value, values<T>);
  if (!at.next) {
    at.value = value;
    at.next = values();
    return at.next;
  }
  if (at.value === value) return at.next;
  at.others = new Map([[at.value as string, at.next]]);
  return getOrMake(at.others, value, values<T>);
}

function getOrMake<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

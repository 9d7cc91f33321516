// Finds the rule for a request, in time that does not grow with the number of routes. Pure: compiled once for each parent
// (a service's port, a gateway's listener), from routes in the order that decides between equals.
import type { HttpMatch } from "../../../model/route.ts";
import type { Asked, Candidate } from "./conditions.ts";
import { hostTable } from "./hosts.ts";
import { configuredPrefix } from "./normal-path.ts";
import { compilePaths } from "./paths.ts";

export type MatchedBy<T> = {
  readonly hostnames: readonly string[];
  readonly matches: readonly HttpMatch[];
  readonly value: T;
};

export type Match<T> = {
  readonly value: T;
  /** what a prefix match matched, without a trailing slash; empty for the root, and for other matches */
  readonly prefix: string;
};

export type Matcher<T> = (asked: Asked) => Match<T> | undefined;

export function compileMatcher<T>(rules: readonly MatchedBy<T>[]): Matcher<T> {
  const byHost = new Map<string, Candidate<Match<T>>[]>();
  let order = 0;
  for (const { hostnames, matches, value } of rules) {
    for (const match of matches) {
      const prefix = match.path.type === "prefix" ? configuredPrefix(match.path.value) : "";
      const candidate = { match, order: order++, found: { value, prefix } };
      for (const host of hostnames.length === 0 ? [""] : hostnames) {
        const list = byHost.get(host);
        if (list) list.push(candidate);
        else byHost.set(host, [candidate]);
      }
    }
  }
  const hosts = hostTable([...byHost].map(([host, candidates]) => [host, compilePaths(candidates)]));
  return (asked) => {
    for (const paths of hosts(asked.authority)) {
      const match = paths(asked);
      if (match) return match;
    }
    return undefined;
  };
}

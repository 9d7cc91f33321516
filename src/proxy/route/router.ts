// From the request to its rule, and on by that rule's own way.
import { MeshError } from "../../base/errors/index.ts";
import type { RequestHead } from "../../protocol/http1/types.ts";
import { queryOf } from "../filter/path-change.ts";
import { fail } from "../layer.ts";
import type { Core, Link, Step } from "../shapes.ts";
import type { Asked } from "./matcher/conditions.ts";
import { compileMatcher, type Match, type MatchedBy, type Matcher } from "./matcher/matcher.ts";
import { normalPath } from "./matcher/normal-path.ts";

/** A rule that can be entered. */
export type Entrance = { readonly key: number; readonly way: () => Link };

/** @param parent for people: what the routes are attached to @param rules made when the first request comes */
export function router(core: Core, parent: string, rules: () => readonly MatchedBy<Entrance>[]): Link {
  let matcher: Matcher<Entrance> | undefined;
  // used for every request: a fresh object would be seen in a profile
  const asked: { -readonly [K in keyof Asked]: Asked[K] } = {
    method: "",
    authority: "",
    path: "",
    target: "",
    lines: "",
  };
  const outer = core.http;

  function find(head: RequestHead, path: string, lines: string): Match<Entrance> | undefined {
    matcher ??= compileMatcher(rules());
    asked.method = head.method;
    asked.authority = head.authority;
    asked.path = path;
    asked.target = head.target;
    asked.lines = lines;
    return matcher(asked);
  }

  const run: Step = (x) => {
    const { head } = x;
    const path = head && normalPath(head.path);
    if (!head || path === undefined) return fail(outer, x, new MeshError("path_ambiguous", head?.path ?? ""));
    x.path = path;
    if (path !== head.path) x.sentTarget = path + queryOf(head.target);
    const match = find(head, path, x.sentLines ?? head.lines ?? "");
    if (!match) return fail(outer, x, new MeshError("route_unknown", unmatched(head, path, parent)));
    x.rule = match.value.key;
    x.prefix = match.prefix;
    x.way = match.value.way();
    x.way.run(x);
  };

  return { run, answer: outer.answer, settle: outer.settle };
}

function unmatched({ method, authority }: RequestHead, path: string, parent: string): string {
  return `${method} ${authority}${path} at ${parent}`;
}

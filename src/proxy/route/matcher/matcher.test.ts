// Every kind of match and every rule of precedence of the Gateway API v1, a row each.
import { expect, test } from "bun:test";
import fc from "fast-check";
import { exact, match, prefix, regex } from "../../../../test/support/routes.ts";
import type { HttpMatch } from "../../../model/route.ts";
import { compileMatcher, type MatchedBy } from "./matcher.ts";
import { normalPath } from "./normal-path.ts";

type Request = { method?: string; host?: string; target: string; lines?: string };
type Rules = Readonly<
  Record<string, HttpMatch | readonly HttpMatch[] | { hosts: readonly string[]; match: HttpMatch }>
>;

function find(rules: Rules, { method = "GET", host = "shop", target, lines = "" }: Request): string | undefined {
  return matcher(rules)(asked({ method, host, target, lines }))?.value;
}

function matcher(rules: Rules) {
  return compileMatcher(
    Object.entries(rules).map(([value, of]): MatchedBy<string> => {
      if ("hosts" in of) return { hostnames: of.hosts, matches: [of.match], value };
      return { hostnames: [], matches: "path" in of ? [of] : of, value };
    }),
  );
}

function asked({ method = "GET", host = "shop", target, lines = "" }: Request) {
  const [path = ""] = target.split("?");
  return { method, authority: host, path: normalPath(path) ?? "", target, lines };
}

const header = (name: string, value: string) => ({ name, type: "exact", value }) as const;
const headerRegex = (name: string, value: string) => ({ name, type: "regex", value }) as const;

test.each<[rule: string, of: HttpMatch, matches: readonly Request[], not: readonly Request[]]>([
  [
    "an exact path",
    match({ path: exact("/a/b") }),
    [{ target: "/a/b" }, { target: "/a/b?x=1" }, { target: "/a/./b" }, { target: "/%61/b" }],
    [{ target: "/a/b/" }, { target: "/a/B" }, { target: "/a" }, { target: "//a/b" }],
  ],
  [
    "a prefix, by whole elements",
    match({ path: prefix("/a/b") }),
    [{ target: "/a/b" }, { target: "/a/b/" }, { target: "/a/b/c" }, { target: "/a/b?c" }],
    [{ target: "/a/bc" }, { target: "/a" }, { target: "/A/b" }, { target: "/a/b/../c" }],
  ],
  [
    "a prefix with a trailing slash, which says nothing",
    match({ path: prefix("/a/") }),
    [{ target: "/a" }, { target: "/a/" }, { target: "/a/x" }],
    [{ target: "/ab" }],
  ],
  ["the prefix / is everything", match(), [{ target: "/" }, { target: "/x" }, { target: "//" }, { target: "*" }], []],
  [
    "a regular expression, of the whole path",
    match({ path: regex("/v[0-9]+/.*") }),
    [{ target: "/v1/" }, { target: "/v22/x/y?z" }],
    [{ target: "/v/x" }, { target: "/x/v1/" }, { target: "/v1" }],
  ],
  [
    "a method",
    match({ method: "POST" }),
    [{ method: "POST", target: "/" }],
    [{ target: "/" }, { method: "post", target: "/" }],
  ],
  [
    "a header, its name in any case, its value in its own",
    match({ headers: [header("x-version", "Two")] }),
    [
      { target: "/", lines: "X-Version: Two\r\n" },
      { target: "/", lines: "A: b\r\nx-VERSION: Two\r\n" },
    ],
    [
      { target: "/" },
      { target: "/", lines: "X-Version: two\r\n" },
      { target: "/", lines: "X-Version: Two, x\r\n" },
      { target: "/", lines: "X-Version2: Two\r\n" },
      { target: "/", lines: "Y: X-Version: Two\r\n" },
    ],
  ],
  [
    "a header of several lines, joined",
    match({ headers: [header("x", "a,b")] }),
    [{ target: "/", lines: "X: a\r\nY: z\r\nX: b\r\n" }],
    [{ target: "/", lines: "X: a\r\n" }],
  ],
  [
    "a header by regular expression, of its whole value",
    match({ headers: [headerRegex("x", "v[0-9]")] }),
    [{ target: "/", lines: "X: v1\r\n" }],
    [{ target: "/", lines: "X: v11\r\n" }, { target: "/" }],
  ],
  [
    "all of several headers",
    match({ headers: [header("b", "2"), header("a", "1"), headerRegex("c", ".+")] }),
    [{ target: "/", lines: "A: 1\r\nB: 2\r\nC: 3\r\n" }],
    [{ target: "/", lines: "A: 1\r\nB: 2\r\n" }],
  ],
  [
    "only the first of two matches for one header",
    match({ headers: [header("a", "1"), header("a", "2")] }),
    [{ target: "/", lines: "A: 1\r\n" }],
    [{ target: "/", lines: "A: 2\r\n" }],
  ],
  [
    "a query parameter, decoded, the first one of its name",
    match({ query: [header("q", "a b&c")] }),
    [{ target: "/?q=a+b%26c" }, { target: "/?x=1&q=a%20b%26c&q=other" }, { target: "/?%71=a%20b%26c" }],
    [{ target: "/?q=other&q=a+b%26c" }, { target: "/" }, { target: "/?Q=a+b%26c" }, { target: "/?qq=a+b%26c" }],
  ],
  [
    "a query parameter that is not ASCII",
    match({ query: [header("stadt", "Köln")] }),
    [{ target: "/?stadt=K%C3%B6ln" }],
    [{ target: "/?stadt=K%F6ln" }],
  ],
  [
    "a query parameter without a value",
    match({ query: [header("debug", "")] }),
    [{ target: "/?debug" }, { target: "/?debug=" }],
    [{ target: "/?" }, { target: "/?debug=1" }],
  ],
  [
    "a query parameter by regular expression",
    match({ query: [headerRegex("id", "[0-9]+")] }),
    [{ target: "/?id=12" }],
    [{ target: "/?id=12a" }],
  ],
])("%s", (_, of, matches, not) => {
  for (const request of matches) expect([request, find({ it: of }, request)]).toEqual([request, "it"]);
  for (const request of not) expect([request, find({ it: of }, request)]).toEqual([request, undefined]);
});

test.each<[rule: string, rules: Rules, request: Request, wins: string]>([
  // HTTPRouteRule.matches: "Exact path match, Prefix path match with largest number of characters, Method match, Largest
  // number of header matches, Largest number of query param matches"
  [
    "an exact path before a longer prefix",
    { prefix: match({ path: prefix("/a/b/c") }), exact: match({ path: exact("/a/b/c") }) },
    { target: "/a/b/c" },
    "exact",
  ],
  [
    "an exact path before a prefix with a method, headers and query",
    {
      rich: match({ path: prefix("/a"), method: "GET", headers: [header("x", "1")], query: [header("q", "1")] }),
      exact: match({ path: exact("/a") }),
    },
    { target: "/a?q=1", lines: "X: 1\r\n" },
    "exact",
  ],
  [
    "an exact path before a regular expression",
    { regex: match({ path: regex("/a.*") }), exact: match({ path: exact("/ab") }) },
    { target: "/ab" },
    "exact",
  ],
  [
    "a regular expression before a prefix",
    { prefix: match({ path: prefix("/a/b") }), regex: match({ path: regex("/a/.*") }) },
    { target: "/a/b" },
    "regex",
  ],
  [
    "the longer regular expression",
    { short: match({ path: regex("/a/.*") }), long: match({ path: regex("/a/[a-z]+") }) },
    { target: "/a/b" },
    "long",
  ],
  [
    "the longest prefix",
    { root: match(), two: match({ path: prefix("/a/b") }), one: match({ path: prefix("/a") }) },
    { target: "/a/b/c" },
    "two",
  ],
  [
    "a longer prefix before a method",
    { method: match({ path: prefix("/a"), method: "GET" }), longer: match({ path: prefix("/a/b") }) },
    { target: "/a/b" },
    "longer",
  ],
  [
    "a method before headers",
    { headers: match({ headers: [header("a", "1"), header("b", "1")] }), method: match({ method: "GET" }) },
    { target: "/", lines: "A: 1\r\nB: 1\r\n" },
    "method",
  ],
  [
    "more headers before fewer",
    { one: match({ headers: [header("a", "1")] }), two: match({ headers: [header("b", "1"), header("a", "1")] }) },
    { target: "/", lines: "A: 1\r\nB: 1\r\n" },
    "two",
  ],
  [
    "headers by regular expression count like others",
    {
      one: match({ headers: [header("a", "1")] }),
      two: match({ headers: [headerRegex("a", "."), headerRegex("b", ".")] }),
    },
    { target: "/", lines: "A: 1\r\nB: 1\r\n" },
    "two",
  ],
  [
    "headers before query parameters",
    { query: match({ query: [header("a", "1"), header("b", "1")] }), header: match({ headers: [header("a", "1")] }) },
    { target: "/?a=1&b=1", lines: "A: 1\r\n" },
    "header",
  ],
  [
    "more query parameters before fewer",
    { one: match({ query: [header("a", "1")] }), two: match({ query: [header("a", "1"), header("b", "1")] }) },
    { target: "/?a=1&b=1" },
    "two",
  ],
  [
    "the older route between equals, whatever they ask for",
    { older: match({ headers: [header("b", "1")] }), newer: match({ headers: [header("a", "1")] }) },
    { target: "/", lines: "A: 1\r\nB: 1\r\n" },
    "older",
  ],
  ["the first rule between equals", { first: match(), second: match() }, { target: "/" }, "first"],
  [
    "any of a rule's matches",
    { other: match({ path: prefix("/a") }), it: [match({ path: exact("/x") }), match({ path: exact("/a/y") })] },
    { target: "/a/y" },
    "it",
  ],
  [
    "the shorter prefix, when the conditions at the longer one do not hold",
    { long: match({ path: prefix("/a/b"), method: "POST" }), short: match({ path: prefix("/a") }) },
    { target: "/a/b" },
    "short",
  ],
  [
    "a prefix, when the conditions at the exact path do not hold",
    { exact: match({ path: exact("/a"), headers: [header("x", "1")] }), prefix: match({ path: prefix("/a") }) },
    { target: "/a" },
    "prefix",
  ],
  [
    "the next regular expression, when the conditions of the longer one do not hold",
    { long: match({ path: regex("/a[a-z]*"), method: "POST" }), short: match({ path: regex("/a.*") }) },
    { target: "/ab" },
    "short",
  ],
  // HTTPRouteSpec.hostnames: "the largest number of: characters in a matching non-wildcard hostname; characters in a
  // matching hostname"
  [
    "the name before a wildcard, whatever the paths",
    {
      wild: { hosts: ["*.shop.example"], match: match({ path: exact("/a") }) },
      name: { hosts: ["a.shop.example"], match: match() },
    },
    { host: "a.shop.example", target: "/a" },
    "name",
  ],
  [
    "the longer wildcard",
    {
      short: { hosts: ["*.example"], match: match({ path: exact("/a") }) },
      long: { hosts: ["*.shop.example"], match: match() },
    },
    { host: "a.shop.example", target: "/a" },
    "long",
  ],
  [
    "a wildcard before no hostname",
    { none: match({ path: exact("/a") }), wild: { hosts: ["*.example"], match: match() } },
    { host: "a.example", target: "/a" },
    "wild",
  ],
  [
    "the less specific host, when nothing at the more specific one matches",
    { none: match(), name: { hosts: ["a.example"], match: match({ path: exact("/x") }) } },
    { host: "a.example", target: "/a" },
    "none",
  ],
  [
    "a wildcard of several labels",
    { none: match(), wild: { hosts: ["*.example"], match: match() } },
    { host: "a.b.c.example", target: "/" },
    "wild",
  ],
  [
    "no wildcard for the bare domain",
    { none: match(), wild: { hosts: ["*.example"], match: match() } },
    { host: "example", target: "/" },
    "none",
  ],
  [
    "hosts in any case, with a port, with the dot at the end",
    { none: match(), name: { hosts: ["shop.example"], match: match() } },
    { host: "SHOP.Example.:8080", target: "/" },
    "name",
  ],
  [
    "an IPv6 host with a port is no name",
    { none: match(), name: { hosts: ["shop.example"], match: match() } },
    { host: "[fd00::1]:80", target: "/" },
    "none",
  ],
])("%s", (_, rules, request, wins) => {
  expect(find(rules, request)).toBe(wins);
});

test("what a prefix matched is told, for those who replace it", () => {
  const rules = matcher({ it: [match({ path: prefix("/a/b/") }), match({ path: exact("/x") })], root: match() });

  expect(rules(asked({ target: "/a/b/c" }))?.prefix).toBe("/a/b");
  expect(rules(asked({ target: "/x" }))?.prefix).toBe("");
  expect(rules(asked({ target: "/else" }))?.prefix).toBe("");
});

test("any set of rules decides as the specification read word by word does", () => {
  const paths = ["/", "/a", "/a/b", "/a/b/c", "/b"];
  const value = fc.constantFrom("1", "2");
  const values = fc.uniqueArray(
    fc.record({ name: fc.constantFrom("a", "b", "c"), type: fc.constantFrom("exact", "regex"), value }),
    { maxLength: 3, selector: ({ name }) => name },
  );
  const someMatch: fc.Arbitrary<HttpMatch> = fc.record(
    {
      path: fc.record({ type: fc.constantFrom("exact", "prefix"), value: fc.constantFrom(...paths) }),
      method: fc.constantFrom("GET", "POST"),
      headers: values,
      query: values,
    },
    { requiredKeys: ["path", "headers", "query"] },
  ) as fc.Arbitrary<HttpMatch>;
  const someRule = fc.record({
    hostnames: fc.uniqueArray(fc.constantFrom("a.example", "*.example", "b.a.example", "*.a.example"), {
      maxLength: 2,
    }),
    matches: fc.array(someMatch, { minLength: 1, maxLength: 3 }),
  });
  const given = fc.dictionary(fc.constantFrom("a", "b", "c"), value, { maxKeys: 3 });
  const request = fc.record({
    method: fc.constantFrom("GET", "POST"),
    host: fc.constantFrom("a.example", "b.a.example", "x.b.a.example", "example", "other"),
    path: fc.constantFrom(...paths, "/a/", "/ab", "/a/b/c/d"),
    headers: given,
    query: given,
  });

  fc.assert(
    fc.property(
      fc.array(someRule, { maxLength: 12 }),
      fc.array(request, { minLength: 1, maxLength: 10 }),
      (rules, all) => {
        const compiled = compileMatcher(rules.map((one, i) => ({ ...one, value: i })));
        for (const one of all) {
          const query = Object.entries(one.query).map(([name, text]) => `${name}=${text}`);
          const found = compiled({
            method: one.method,
            authority: one.host,
            path: one.path,
            target: `${one.path}?${query.join("&")}`,
            lines: Object.entries(one.headers)
              .map(([name, text]) => `${name}: ${text}\r\n`)
              .join(""),
          });
          expect(found?.value).toBe(wordByWord(rules, one));
        }
      },
    ),
    { numRuns: 400 },
  );
});

type Plain = {
  method: string;
  host: string;
  path: string;
  headers: Record<string, string>;
  query: Record<string, string>;
};

/** Ranks everything that matches: slow, and plainly the text of the specification. */
function wordByWord(rules: readonly { hostnames: readonly string[]; matches: readonly HttpMatch[] }[], one: Plain) {
  const ranked: { rank: readonly number[]; rule: number }[] = [];
  let order = 0;
  for (const [rule, { hostnames, matches }] of rules.entries()) {
    for (const { path, method, headers, query } of matches) {
      order++;
      const under = path.value === "/" ? "/" : `${path.value}/`;
      const isPath =
        path.type === "exact" ? one.path === path.value : one.path === path.value || one.path.startsWith(under);
      const holds =
        isPath &&
        (method === undefined || method === one.method) &&
        headers.every(({ name, value }) => one.headers[name] === value) &&
        query.every(({ name, value }) => one.query[name] === value);
      if (!holds) continue;
      for (const host of hostnames.length === 0 ? [""] : hostnames) {
        const isHost = host === "" || (host.startsWith("*") ? one.host.endsWith(host.slice(1)) : host === one.host);
        if (!isHost) continue;
        const name = host.startsWith("*") ? 0 : host.length;
        const rank = [
          name,
          host.length,
          path.type === "exact" ? 1 : 0,
          path.value === "/" ? 0 : path.value.length,
          method === undefined ? 0 : 1,
          headers.length,
          query.length,
          -order,
        ];
        ranked.push({ rank, rule });
      }
    }
  }
  const compare = (a: readonly number[], b: readonly number[]) => {
    const i = a.findIndex((value, place) => value !== b[place]);
    return i < 0 ? 0 : (b[i] as number) - (a[i] as number);
  };
  return ranked.sort((a, b) => compare(a.rank, b.rank))[0]?.rule;
}

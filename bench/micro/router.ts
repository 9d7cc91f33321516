// What it costs to read a request's head and to find its rule, ns, with 10 and with 10,000 routes, in several shapes. The
// head is read anew each time, because a string that was looked up before knows its hash, and no real request's does.
// `bun bench/micro/router.ts`; with `--json` a line {name, fewNs, manyNs} each, for bench/compare.
import type { HttpMatch } from "../../src/model/route.ts";
import { parseRequestHead } from "../../src/protocol/http1/request.ts";
import type { RequestHead } from "../../src/protocol/http1/types.ts";
import { compileMatcher, type MatchedBy } from "../../src/proxy/route/matcher/matcher.ts";
import { normalPath } from "../../src/proxy/route/matcher/normal-path.ts";

const FEW = 10;
const MANY = 10_000;
const GOAL = 1.3;
const ROUNDS = 40;
const CALLS = 400;
const LIMITS = { headBytes: 65_536, fieldCount: 100, trailerBytes: 8192 };

type Shape = {
  readonly name: string;
  rule(i: number): MatchedBy<number>;
  /** a request that rule `i` is for */
  request(i: number): Buffer;
};

const match = (path: HttpMatch["path"], more: Partial<HttpMatch> = {}): HttpMatch => ({
  path,
  headers: [],
  query: [],
  ...more,
});
const ANY = { type: "prefix", value: "/" } as const;
const one = (value: number, matched: HttpMatch, hostnames: readonly string[] = []): MatchedBy<number> => ({
  hostnames,
  matches: [matched],
  value,
});

const pad = (i: number) => String(i).padStart(5, "0");

function request(target: string, host = "shop.example", lines = ""): Buffer {
  const text = `GET ${target} HTTP/1.1\r\nHost: ${host}\r\nUser-Agent: bench/1.0\r\nAccept: application/json\r\nCookie: session=3f2a9c77d1; theme=dark\r\n${lines}\r\n`;
  return Buffer.from(text, "latin1");
}

function read(bytes: Buffer): RequestHead {
  const result = parseRequestHead(bytes, 0, bytes.length, LIMITS);
  if (result.kind !== "head") throw new Error(JSON.stringify(result));
  return result.head;
}

const SHAPES: readonly Shape[] = [
  {
    name: "exact paths",
    rule: (i) => one(i, match({ type: "exact", value: `/api/v1/resource-${pad(i)}/list` })),
    request: (i) => request(`/api/v1/resource-${pad(i)}/list?page=2`),
  },
  {
    name: "prefixes",
    rule: (i) => one(i, match({ type: "prefix", value: `/api/v1/resource-${pad(i)}` })),
    request: (i) => request(`/api/v1/resource-${pad(i)}/items/17?page=2`),
  },
  {
    name: "hosts",
    rule: (i) => one(i, match(ANY), [`tenant-${pad(i)}.shop.example`]),
    request: (i) => request("/cart", `tenant-${pad(i)}.shop.example`),
  },
  {
    name: "wildcard hosts",
    rule: (i) => one(i, match(ANY), [`*.tenant-${pad(i)}.shop.example`]),
    request: (i) => request("/cart", `eu.tenant-${pad(i)}.shop.example`),
  },
  {
    name: "header canaries at one path",
    rule: (i) => one(i, match(ANY, { headers: [{ name: "x-canary", type: "exact", value: `build-${pad(i)}` }] })),
    request: (i) => request("/cart", "shop.example", `X-Canary: build-${pad(i)}\r\n`),
  },
  {
    name: "method, header and query",
    rule: (i) =>
      one(
        i,
        match(
          { type: "prefix", value: `/api/${i % 100}` },
          {
            method: "GET",
            headers: [{ name: "x-tenant", type: "exact", value: `t${pad(i)}` }],
            query: [{ name: "v", type: "exact", value: "2" }],
          },
        ),
      ),
    request: (i) => request(`/api/${i % 100}/x?v=2`, "shop.example", `X-Tenant: t${pad(i)}\r\n`),
  },
  {
    name: "regular expressions",
    rule: (i) => one(i, match({ type: "regex", value: `/api/v[0-9]+/resource-${pad(i)}/[^/]+` })),
    request: (i) => request(`/api/v1/resource-${pad(i)}/17`),
  },
];

/** A function that finds rules for 64 requests, one after the other. */
function finding(shape: Shape, routes: number): () => void {
  const matcher = compileMatcher(Array.from({ length: routes }, (_, i) => shape.rule(i)));
  const asked = Array.from({ length: 64 }, (_, k) => {
    // never the same as the one before
    const i = (k * 6151) % routes;
    return { i, bytes: shape.request(i) };
  });
  const find = ({ i, bytes }: (typeof asked)[number]) => {
    const head = read(bytes);
    const { method, authority, target, lines = "" } = head;
    const found = matcher({ method, authority, path: normalPath(head.path) ?? "", target, lines })?.value;
    if (found !== i) throw new Error(`${shape.name}: rule ${i} wanted, ${found} found`);
  };
  return () => {
    for (const one of asked) find(one);
  };
}

/** Lowest CPU time of one request in ns: of both in turns, so that what else the machine does meets them alike. */
function compare(few: () => void, many: () => void): [few: number, many: number] {
  const lowest: [number, number] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let round = 0; round < ROUNDS; round++) {
    for (const [place, run] of [few, many].entries()) {
      const before = process.cpuUsage();
      for (let i = 0; i < CALLS; i++) run();
      const ns = (process.cpuUsage(before).user / CALLS / 64) * 1e3;
      lowest[place as 0 | 1] = Math.min(lowest[place as 0 | 1], ns);
    }
  }
  return lowest;
}

let isMet = true;
for (const shape of SHAPES) {
  const [few, many] = compare(finding(shape, FEW), finding(shape, MANY));
  const ratio = many / few;
  const isGood = ratio < GOAL;
  isMet &&= isGood;
  if (process.argv.includes("--json")) {
    console.log(JSON.stringify({ name: shape.name, fewNs: few, manyNs: many }));
    continue;
  }
  const figures = `${few.toFixed(0).padStart(6)} ns ${many.toFixed(0).padStart(6)} ns  ${ratio.toFixed(2)} ×`;
  console.log(`${shape.name.padEnd(32)}${figures}  ${isGood ? "ok" : `MISSED, goal < ${GOAL} ×`}`);
}
process.exit(isMet || process.argv.includes("--json") ? 0 : 1);

// Routes of a run: splits, matches on a header and the method, copies to a shadow. And where they may lead, said once more
// and as simply as the specification says it, to be held against what the data plane does.
import type { HttpMatch, HttpRoute, HttpRule } from "../../src/model/route.ts";
import type { Draw } from "./draw.ts";

export const SHADOW = "shadow";
export const COLOURS = ["red", "green", "blue"] as const;

/** @param port of all services. @param isCalm every request finds somebody */
export function drawRoutes(draw: Draw, services: readonly string[], port: number, isCalm: boolean): HttpRoute[] {
  let key = draw.below(1_000) * 100;
  return services
    .filter(() => draw.chance(0.6))
    .map((service) => ({
      name: `sim/${service}`,
      parents: [{ kind: "service", service, hostnames: [] }],
      rules: Array.from({ length: 1 + draw.below(4) }, (_, i) =>
        rule({ draw, services, port, isCalm, key: ++key, name: `sim/${service}/${i}`, isCatchAll: isCalm && i === 0 }),
      ),
    }));
}

type RuleDraw = {
  readonly draw: Draw;
  readonly services: readonly string[];
  readonly port: number;
  readonly isCalm: boolean;
  readonly key: number;
  readonly name: string;
  readonly isCatchAll: boolean;
};

function rule({ draw, services, port, isCalm, key, name, isCatchAll }: RuleDraw): HttpRule {
  const weight = () => (isCalm ? 1 + draw.below(3) : draw.below(4));
  return {
    key,
    name,
    matches: [isCatchAll ? ANYTHING : match(draw)],
    filters: draw.chance(0.3)
      ? [{ type: "mirror", backend: { service: SHADOW, port }, share: draw.chance(0.5) ? 1 : draw.random.unit() }]
      : [],
    backends: services
      .filter((_, i) => i === 0 || draw.chance(0.7))
      .map((service) => ({ ref: { service, port }, weight: weight(), filters: [] })),
    timeouts: !isCalm && draw.chance(0.2) ? { requestMs: draw.wide(20, 3_000) } : {},
  };
}

const ANYTHING: HttpMatch = { path: { type: "prefix", value: "/" }, headers: [], query: [] };

function match(draw: Draw): HttpMatch {
  return {
    path: { type: "prefix", value: draw.pick(["/", "/r"]) },
    ...(draw.chance(0.3) ? { method: draw.pick(["GET", "POST"]) } : {}),
    headers: draw.chance(0.6) ? [{ name: "x-colour", type: "exact", value: draw.pick(COLOURS) }] : [],
    query: [],
  };
}

export type Asked = { readonly method: string; readonly colour: string };

/** The rule for a request to the service; undefined: there are routes, and none is for it. "none": there are no routes. */
export function ruleFor(routes: readonly HttpRoute[], service: string, asked: Asked): HttpRule | undefined | "none" {
  const route = routes.find(({ parents }) => parents.some((it) => it.kind === "service" && it.service === service));
  if (!route) return "none";
  let best: HttpRule | undefined;
  let bestRank: readonly number[] = [];
  for (const one of route.rules) {
    const [wanted] = one.matches;
    if (!wanted || !isMatch(wanted, asked)) continue;
    const rank = [wanted.path.value.length, wanted.method ? 1 : 0, wanted.headers.length];
    if (!best || isHigher(rank, bestRank)) {
      best = one;
      bestRank = rank;
    }
  }
  return best;
}

function isMatch({ method, headers }: HttpMatch, asked: Asked): boolean {
  return (method === undefined || method === asked.method) && headers.every(({ value }) => value === asked.colour);
}

function isHigher(a: readonly number[], b: readonly number[]): boolean {
  const place = a.findIndex((value, i) => value !== b[i]);
  return place >= 0 && (a[place] as number) > (b[place] as number);
}

// What slow or failed requests of a service have in common that the others of the same route do not. Pure.
import type { SeenExchange } from "../../../model/figures.ts";
import { adjusted } from "../../statistics/proportion.ts";
import type { Contrast, Trait } from "../answer.ts";
import type { Symptom } from "../facts.ts";
import { hasFailed } from "../failures.ts";
import { quantile } from "../robust.ts";
import { association, effective, type Judged } from "./association.ts";
import { ATTRIBUTES, type Attribute, isRequest, routeOf, valueIn } from "./attributes.ts";
import { isCaused } from "./drawn.ts";

/** Requests to the service, before it began and since. */
export type Seen = { readonly before: readonly SeenExchange[]; readonly during: readonly SeenExchange[] };

type Row = Judged & { readonly request: SeenExchange };

/** A request is slow that is slower than this quantile of those of its route before. */
const SLOW = 0.95;
/** so many of a route before say what is slow on it */
const FEWEST_OF_ROUTE = 20;
const FEWEST = { requests: 30, bad: 8, having: 5 };
const FALSE_DISCOVERIES = 0.01;
/** What has it must be bad so many times as often as what has not, */
const LIFT = 2;
/** and hold this part of what is bad beyond the usual. */
const COVERS = 0.2;
/** This part of the difference must be new: who was always slow is not why it is slow now. */
const NEW = 0.5;
const MOST_TRAITS = 5;
const MOST_EXAMPLES = 3;

type Candidate = { readonly attribute: Attribute; readonly value: string };
type Tested = Trait & { readonly score: number };

/** Slow for what was usual before, or failed. */
export function badness(before: Seen["before"], metric: Symptom["metric"]): (request: SeenExchange) => boolean {
  return metric === "latency" ? slowness(before.filter(isRequest)) : hasFailed;
}

/** undefined: too few requests to say anything */
export function contrast(service: string, { before, during }: Seen, metric: Symptom["metric"]): Contrast | undefined {
  const isBad = badness(before, metric);
  const rowsOf = (all: readonly SeenExchange[]) =>
    effective(
      all.filter(isRequest).map((request) => ({ request, isBad: isBad(request), weight: request.weight ?? 1 })),
    );
  const [usual, now] = [rowsOf(before), rowsOf(during)];
  const bad = now.filter((row) => row.isBad);
  if (now.length < FEWEST.requests || bad.length < FEWEST.bad) return undefined;
  return {
    service,
    bad: metric === "latency" ? "slow" : "failed",
    share: badShare(now) ?? 0,
    before: badShare(usual) ?? 0,
    traits: traitsOf(usual, now).slice(0, MOST_TRAITS),
    examples: examplesOf(now),
  };
}

/** The strongest one, then what still stands out among requests that are alike in it, and so on. */
function traitsOf(usual: readonly Row[], now: readonly Row[]): Trait[] {
  const found: Trait[] = [];
  let candidates = candidatesOf(now);
  let alike = (_: Row, __: Attribute): string => "";
  while (found.length < MOST_TRAITS && candidates.length > 0) {
    const isAlike = alike;
    const tested = significant(candidates, usual, now, isAlike);
    const [strongest] = tested.toSorted((a, b) => b.score - a.score || order(a) - order(b));
    if (!strongest) break;
    const { score: _, ...trait } = strongest;
    const has = having(trait);
    found.push({ ...trait, ...sameAs(trait, candidates, now) });
    alike = (row, attribute) => `${isAlike(row, attribute)}${has(row) ? 1 : 0}`;
    candidates = tested.filter((one) => one !== strongest);
  }
  return found;
}

function significant(
  candidates: readonly Candidate[],
  usual: readonly Row[],
  now: readonly Row[],
  alike: (row: Row, attribute: Attribute) => string,
): Tested[] {
  const scores = candidates.map((one) => {
    // a route is compared with other routes, everything else within its route
    const stratum = (row: Row) =>
      `${alike(row, one.attribute)}${one.attribute === "route" ? "" : ` ${routeOf(row.request)}`}`;
    return association(now, having(one), stratum);
  });
  const ps = adjusted(scores.map(({ p }) => p));
  const shares = { usual: badShare(usual), now: badShare(now) ?? 0 };
  return candidates.flatMap((one, at): Tested[] => {
    const score = scores[at]?.score ?? 0;
    if (score <= 0 || (ps[at] as number) > FALSE_DISCOVERIES) return [];
    const trait = traitOf(one, usual, now, shares);
    return trait ? [{ ...trait, score }] : [];
  });
}

/** undefined: it makes too little of a difference, or has always made it */
function traitOf(
  one: Candidate,
  usual: readonly Row[],
  now: readonly Row[],
  shares: { readonly usual: number | undefined; readonly now: number },
): Trait | undefined {
  const has = having(one);
  const [own, others] = divide(now, has);
  const [ownShare, otherShare] = [badShare(own) ?? 0, badShare(others) ?? 0];
  const expected = shares.usual ?? otherShare;
  const [ownUsual] = divide(usual, has);
  const was = ownUsual.length >= FEWEST.having ? badShare(ownUsual) : undefined;
  const excess = (sum(now) || 1) * Math.max(0, shares.now - expected);
  const covers = excess === 0 ? 0 : Math.min(1, (sum(own) * Math.max(0, ownShare - expected)) / excess);
  const floor = Math.max(otherShare, 1 / Math.max(1, sum(others)));
  const isNew = was === undefined || ownShare - was >= NEW * (ownShare - otherShare);
  if (ownShare < LIFT * floor || covers < COVERS || !isNew) return undefined;
  return {
    ...{ attribute: one.attribute, value: one.value, requests: own.length, share: ownShare, others: otherShare },
    ...(was !== undefined && { before: was }),
    covers,
    isCaused: one.attribute === "workload" && isCaused(one.value, now),
  };
}

/** Other attributes that the very same requests share: of a version's only workload one cannot tell which of them it is. */
function sameAs(trait: Candidate, candidates: readonly Candidate[], now: readonly Row[]): Pick<Trait, "same"> {
  const has = having(trait);
  const same = candidates
    .filter((one) => one.attribute !== trait.attribute && now.every((row) => having(one)(row) === has(row)))
    .map(({ attribute, value }) => ({ attribute, value }));
  return same.length > 0 ? { same } : {};
}

function candidatesOf(now: readonly Row[]): Candidate[] {
  return ATTRIBUTES.flatMap((attribute) => {
    const counts = new Map<string, number>();
    for (const { request } of now) {
      const value = valueIn(request, attribute);
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    return [...counts]
      .filter(([value, many]) => value !== "" && many >= FEWEST.having && now.length - many >= FEWEST.having)
      .map(([value]) => ({ attribute, value }));
  });
}

function having({ attribute, value }: Candidate): (row: Row) => boolean {
  return ({ request }) => valueIn(request, attribute) === value;
}

function divide(rows: readonly Row[], has: (row: Row) => boolean): [Row[], Row[]] {
  return [rows.filter(has), rows.filter((row) => !has(row))];
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((total, { weight }) => total + weight, 0);
}

function badShare(rows: readonly Row[]): number | undefined {
  return rows.length === 0 ? undefined : sum(rows.filter(({ isBad }) => isBad)) / sum(rows);
}

function order({ attribute }: Candidate): number {
  return ATTRIBUTES.indexOf(attribute);
}

/** Slow for its route; for the service as a whole where the route was asked too seldom. */
export function slowness(before: readonly SeenExchange[]): (request: SeenExchange) => boolean {
  const limitOf = (some: readonly SeenExchange[]) =>
    quantile(
      some.map(({ durationUs }) => durationUs),
      SLOW,
    );
  const limits = new Map(
    [...Map.groupBy(before, routeOf)]
      .filter(([, some]) => some.length >= FEWEST_OF_ROUTE)
      .map(([route, some]) => [route, limitOf(some)]),
  );
  const all = limitOf(before);
  return (request) => request.durationUs > (limits.get(routeOf(request)) ?? all);
}

/** Traces to lay side by side: the worst ones, and usual ones of the worst one's route. */
function examplesOf(now: readonly Row[]): Contrast["examples"] {
  const ids = (rows: readonly Row[]) => rows.slice(0, MOST_EXAMPLES).map(({ request }) => request.traceId);
  const bad = now.filter(({ isBad }) => isBad).sort((a, b) => b.request.durationUs - a.request.durationUs);
  const route = bad[0] && routeOf(bad[0].request);
  const good = now.filter(({ request, isBad }) => !isBad && routeOf(request) === route);
  return { bad: ids(bad), good: ids(good) };
}

// What people come for: rare, late, writing steps that need others before them and after which the case ends.

import { GOAL_WORDS, intentOf, UNDO_WORDS } from "../kind.ts";
import { dependency, type Follows } from "./graph.ts";
import type { Precedence } from "./order.ts";

export type Scored = { readonly place: number; readonly score: number; readonly needs: readonly number[] };

/** Share of a step's cases in which another one comes first, for it to need that one. */
const NEEDED = 0.8;
const FEWEST = 20;
const RAREST = 0.001;
const WRITING = { writes: 1, unknown: 0.6, reads: 0.2 } as const;

/** @returns the best first */
export function goalsOf(
  names: readonly string[],
  graph: Follows,
  order: Precedence,
  isExit: Uint8Array,
  allCases: number,
): Scored[] {
  const { size, codes, cases } = graph;
  const name = (place: number) => names[codes[place] as number] as string;
  const isOften = (place: number) => (cases[place] as number) >= Math.max(FEWEST, RAREST * allCases);
  const candidates = [...codes.keys()].filter((place) => isOften(place) && !isExit[place]);
  return candidates
    .map((place) => ({ place, needs: needsOf(graph, order, place, NEEDED), score: score(place) }))
    .filter((scored) => scored.score > 0 && scored.needs.length > 0)
    .sort((a, b) => b.score - a.score);

  function score(place: number): number {
    const own = cases[place] as number;
    const needs = needsOf(graph, order, place, NEEDED);
    const depth = needs.filter((other) => (cases[other] as number) >= own).length;
    const ends = (order.ends[place] as number) / own;
    const firm = Math.max(0, ...candidates.map((from) => dependency(graph, from, place)));
    const words = name(place);
    const tieBreak =
      (GOAL_WORDS.test(words) ? 1.1 : 1) * (UNDO_WORDS.test(words) ? 0.85 : 1) * (/^DELETE\b/.test(words) ? 0.5 : 1);
    return (
      WRITING[intentOf(words)] *
      (order.lateness[place] as number) *
      (0.2 + 0.8 * ends) *
      firm *
      (1 - 0.6 ** depth) *
      (1 - passedOn(place)) ** 2 *
      (1 - own / allCases) ** 0.5 *
      (own / allCases) ** 0.1 *
      tieBreak
    );
  }

  /** The share that goes on to a later step that needs this one: then this is on the way, and not the end of it. */
  function passedOn(place: number): number {
    let most = 0;
    for (const next of candidates) {
      if (next === place || intentOf(name(next)) === "reads") continue;
      const after = order.before[place * size + next] as number;
      if (after >= NEEDED * (cases[next] as number)) most = Math.max(most, after / (cases[place] as number));
    }
    return Math.min(1, most);
  }
}

/** Places of the steps that come before this one in at least `share` of its cases. */
export function needsOf(
  { size, cases, codes }: Follows,
  { before }: Precedence,
  place: number,
  share: number,
): number[] {
  const own = cases[place] as number;
  return [...codes.keys()].filter(
    (other) => other !== place && (before[other * size + place] as number) >= share * own,
  );
}

/** Leaving is no goal: almost always the last step, whatever came before. */
export function exitsOf(
  names: readonly string[],
  { size, codes, cases, counts }: Follows,
  lasts: Uint32Array,
): Uint8Array {
  return Uint8Array.from(codes, (code, place) => {
    const own = cases[place] as number;
    const ways = [...codes.keys()].map((from) => counts[from * size + place] as number);
    const total = ways.reduce((sum, count) => sum + count, 0);
    const isFromAnywhere = total > 0 && Math.max(...ways) < 0.6 * total;
    const says = /log-?out|sign-?out/i.test(names[code] as string);
    return Number((lasts[place] as number) >= (says ? 0.5 : 0.9) * own && (isFromAnywhere || says) && own >= FEWEST);
  });
}

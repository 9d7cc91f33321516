// What makes an exchange worth keeping when not all can be: it failed, it is slow for its kind, or its kind is rare.
import type { Arrival } from "../ingest/arrival.ts";
import { wordsOf } from "./tokens.ts";

/** how much likelier it is kept than an ordinary one */
const ORDINARY = 1;
const FAILED = 8;
const SLOW = 8;
const RARE = 16;

/** kinds that are told apart; the others count as one */
const MOST_KINDS = 4_096;
/** of the exchanges */
const RARE_SHARE = 0.002;
const LEARNED_AFTER = 1_000;
/** then what was counted counts half */
const MEMORY = 200_000;
/** share of a kind that is slow, and by how much one exchange moves the mark */
const SLOW_SHARE = 0.05;
const STEP = 0.05;

/** `slowUs`: one in twenty took longer */
type Kind = { count: number; slowUs: number };

export type Interest = {
  /** how much likelier the row is to be kept than an ordinary one; learns from it too */
  of(arrival: Arrival, row: number): number;
};

export function interests(): Interest {
  const kinds = new Map<string, Kind>();
  const others: Kind = { count: 0, slowUs: 0 };
  let total = 0;

  const kindOf = (name: string): Kind => {
    const known = kinds.get(name);
    if (known) return known;
    if (kinds.size >= MOST_KINDS) return others;
    const kind = { count: 0, slowUs: 0 };
    kinds.set(name, kind);
    return kind;
  };
  const fade = () => {
    total /= 2;
    for (const [name, kind] of kinds) {
      kind.count /= 2;
      if (kind.count < 0.01) kinds.delete(name);
    }
  };

  return {
    of({ batch: { columns, paths }, sources, destinations }, row) {
      const durationUs = Math.max(1, columns.end[row] as number);
      const kind = kindOf(
        `${sources[row]} ${destinations[row]} ${columns.method[row]} ${wordsOf(paths[row] as string)}`,
      );
      // stochastic approximation of a quantile, on a scale of ratios: one in twenty moves it up as far as nineteen move it down
      if (kind.slowUs === 0) kind.slowUs = durationUs;
      const isSlow = durationUs > kind.slowUs;
      kind.slowUs *= Math.exp(isSlow ? STEP * (1 - SLOW_SHARE) : -STEP * SLOW_SHARE);
      kind.count++;
      if (++total > MEMORY) fade();
      if (kind.count < RARE_SHARE * total && total > LEARNED_AFTER) return RARE;
      if (columns.error[row] !== 0 || (columns.status[row] as number) >= 500) return FAILED;
      return isSlow ? SLOW : ORDINARY;
    },
  };
}

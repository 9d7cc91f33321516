// How well something is, in a word and in a sentence.

/** `unknown`: no agent has reported, or there was no traffic and nothing else is known */
export type HealthState = "good" | "warning" | "bad" | "unknown";

/** `sentence`: one that a woken person understands */
export type Health = { readonly state: HealthState; readonly sentence: string };

export type ServiceHealth = {
  readonly service: string;
  /** "" for an outside name */
  readonly namespace: string;
  readonly state: HealthState;
  readonly reasons: readonly string[];
};

const RANK: Readonly<Record<HealthState, number>> = { bad: 3, warning: 2, good: 1, unknown: 0 };

/** What is known to be wrong outweighs what is well, and that outweighs what is not known. */
export function worst(states: Iterable<HealthState>): HealthState {
  let found: HealthState = "unknown";
  for (const state of states) if (RANK[state] > RANK[found]) found = state;
  return found;
}

export function isTrouble(state: HealthState): boolean {
  return state === "bad" || state === "warning";
}

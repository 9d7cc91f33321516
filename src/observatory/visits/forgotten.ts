// Who was forgotten lately. What they did before may come later: from an agent that was slow, or from what a process that died
// had not stored. So it is known for an hour, also to the process that follows, as the keyed hashes that visits have.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import type { WhomToForget } from "../../model/visits.ts";

export type Forgotten = {
  readonly whom: WhomToForget;
  /** ms since the epoch: what they do from then on is of somebody new */
  readonly untilMs: number;
};

export type ForgottenBook = {
  /** from now on. Throws when it cannot be written; this process knows it all the same */
  add(whom: WhomToForget): void;
  /** whether it was done by one of them, before they were forgotten. @param key 16 hexadecimal digits */
  has(key: () => string, atMs: number): boolean;
  all(): readonly Forgotten[];
  /** lets go of what is longer ago */
  tidy(): void;
};

const KEPT_MS = 3_600_000;

/** @param file undefined: nothing outlives the process */
export function forgottenBook(file: string | undefined, nowMs: () => number): ForgottenBook {
  let all = file === undefined ? [] : read(file);
  let untilMs = index(all);

  const change = (next: readonly Forgotten[]) => {
    all = [...next];
    untilMs = index(all);
    if (file === undefined) return;
    writeFileSync(`${file}.new`, JSON.stringify(all), { mode: 0o600 });
    renameSync(`${file}.new`, file);
  };
  const isFresh = (one: Forgotten) => nowMs() - one.untilMs < KEPT_MS;
  return {
    add: (whom) => change([...all.filter(isFresh), { whom, untilMs: nowMs() }]),
    has: (key, atMs) => untilMs.size > 0 && atMs < Math.max(untilMs.get(key()) ?? 0, untilMs.get("everybody") ?? 0),
    all: () => all,
    tidy() {
      if (all[0] && !isFresh(all[0])) change(all.filter(isFresh));
    },
  };
}

function index(all: readonly Forgotten[]): Map<string, number> {
  return new Map(
    all.flatMap(({ whom, untilMs }) => (whom === "everybody" ? [whom] : whom).map((key) => [key, untilMs] as const)),
  );
}

/** The newer ones stand last. What was cut off while it was written is in no file of this name. */
function read(file: string): Forgotten[] {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Forgotten[];
  } catch {
    return []; // the first time
  }
}

// The newest requests, newest first, at most so many, each once: after a reconnect the stream begins with those it told before.
import type { TapRow } from "../../../src/api/types.ts";

export const MOST_REQUESTS = 200;

export function requestKey({ time, spanId }: Pick<TapRow, "time" | "spanId">): string {
  return `${time} ${spanId}`;
}

/** @param news oldest first, as the API tells them */
export function withNews(kept: readonly TapRow[], news: readonly TapRow[]): readonly TapRow[] {
  if (news.length === 0) return kept;
  const known = new Set(kept.map(requestKey));
  const fresh = news.filter((row) => !known.has(requestKey(row)));
  if (fresh.length === 0) return kept;
  return [...fresh.reverse(), ...kept]
    .sort((a, b) => (a.time < b.time ? 1 : a.time > b.time ? -1 : 0))
    .slice(0, MOST_REQUESTS);
}

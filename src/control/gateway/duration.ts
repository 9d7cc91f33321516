// Durations of the Gateway API (GEP-2257): `1m30s`, `250ms`; whole numbers of h, m, s and ms, each at most five digits.
const UNIT_MS: Readonly<Record<string, number>> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1 };

/** @param text as the schemas let through */
export function milliseconds(text: string): number {
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)(ms|h|m|s)/g)) sum += Number(count) * (UNIT_MS[unit ?? ""] ?? 0);
  return sum;
}

/** The shortest spelling: `1h30m`, `250ms`, `0s`. */
export function durationText(ms: number): string {
  let left = ms;
  let text = "";
  for (const [unit, size] of Object.entries(UNIT_MS)) {
    const count = Math.floor(left / size);
    if (count > 0) text += `${count}${unit}`;
    left -= count * size;
  }
  return text || "0s";
}

// Durations and sizes as Compose writes them. Each reader returns undefined for what it cannot read.

const DURATION_MS: Readonly<Record<string, number>> = {
  us: 0.001,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/** `1m30s`, `1.5h`, `500ms` → ms; `0` alone may go without a unit */
export function durationMs(text: string): number | undefined {
  if (text === "0") return 0;
  if (!/^(\d+(\.\d+)?(us|ms|s|m|h|d))+$/.test(text)) return undefined;
  let sum = 0;
  for (const [, count, unit] of text.matchAll(/(\d+(?:\.\d+)?)(us|ms|s|m|h|d)/g)) {
    sum += Number(count) * (DURATION_MS[unit ?? ""] ?? 0);
  }
  return sum;
}

const SIZE: Readonly<Record<string, number>> = { "": 1, b: 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30, t: 2 ** 40 };

/** `64m`, `1.5gb`, `1024` → bytes; units are powers of 1024, in either case */
export function sizeBytes(text: string): number | undefined {
  const found = /^(\d+(?:\.\d+)?)\s*(b|[kmgt]i?b?)?$/.exec(text.trim().toLowerCase());
  const factor = SIZE[(found?.[2] ?? "").slice(0, 1)];
  return found && factor ? Math.floor(Number(found[1]) * factor) : undefined;
}

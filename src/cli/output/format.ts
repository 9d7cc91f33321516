// Figures as people read them. What is not there is `-`.

export const NOTHING = "-";

/** A latency, from ms: `340 µs`, `1.2 ms`, `48 ms`, `2.1 s`, `3m 5s`. */
export function latency(ms: number | undefined): string {
  if (ms === undefined) return NOTHING;
  if (ms < 0.9995) return `${Math.round(ms * 1000)} µs`;
  if (ms < 999.5) return `${short(ms)} ms`;
  return ms < 99_500 ? `${short(ms / 1000)} s` : age(ms / 1000);
}

/** How long something lasts, from s: `5s`, `3m 12s`, `2h 5m`, `3d 4h`. */
export function age(seconds: number | undefined): string {
  if (seconds === undefined) return NOTHING;
  const s = Math.max(0, Math.floor(seconds));
  if (s < 60) return `${s}s`;
  if (s < 3600) return `${Math.floor(s / 60)}m ${s % 60}s`;
  if (s < 86_400) return `${Math.floor(s / 3600)}h ${Math.floor((s % 3600) / 60)}m`;
  return `${Math.floor(s / 86_400)}d ${Math.floor((s % 86_400) / 3600)}h`;
}

/** A set length of time in its largest whole unit, from s: `30d`, `12h`, `5m`, `70s`. */
export function span(seconds: number): string {
  const [unit, size] = (
    [
      ["d", 86_400],
      ["h", 3600],
      ["m", 60],
    ] as const
  ).find(([, one]) => seconds % one === 0) ?? ["s", 1];
  return `${seconds / size}${unit}`;
}

/** `512 B`, `1.5 KiB`, `48 MiB` */
export function bytes(count: number | undefined): string {
  if (count === undefined) return NOTHING;
  let value = count;
  for (const unit of ["B", "KiB", "MiB", "GiB"]) {
    if (value < 1023.5) return unit === "B" ? `${Math.round(value)} B` : `${short(value)} ${unit}`;
    value /= 1024;
  }
  return `${short(value)} TiB`;
}

/** A share 0…1: `100.00%`. Rounded down, so that one failure among a million is not a hundred percent. */
export function percent(share: number | undefined): string {
  return share === undefined ? NOTHING : `${(Math.floor(share * 10_000 + 1e-6) / 100).toFixed(2)}%`;
}

/** per second: `0.3`, `12.4`, `1234` */
export function rate(value: number | undefined): string {
  if (value === undefined) return NOTHING;
  return value < 99.95 ? value.toFixed(1) : String(Math.round(value));
}

export function count(value: number | undefined): string {
  return value === undefined ? NOTHING : String(value);
}

/** `2030-01-31 12:00:00` in the user's time zone */
export function dateTime(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return iso;
  const [month, day, hour, minute, second] = [
    at.getMonth() + 1,
    at.getDate(),
    at.getHours(),
    at.getMinutes(),
    at.getSeconds(),
  ].map((value) => String(value).padStart(2, "0"));
  return `${at.getFullYear()}-${month}-${day} ${hour}:${minute}:${second}`;
}

/** Three digits at most: `1.2`, `48`, `512`. */
function short(value: number): string {
  return value < 9.95 ? value.toFixed(1) : String(Math.round(value));
}

// Figures as people read them: three digits say enough, the unit is never left out, what is not known is a dash.

export const NONE = "–";
const THIN = "\u202f";

/** requests per second */
export function rate(perSecond: number | undefined): string {
  if (perSecond === undefined) return NONE;
  return `${scaled(perSecond)}/s`;
}

/** @param ms milliseconds */
export function duration(ms: number | undefined): string {
  if (ms === undefined) return NONE;
  if (ms === 0) return `0${THIN}ms`;
  if (ms < 0.9995) return `${ms < 0.0995 ? ms.toFixed(2) : ms.toFixed(1)}${THIN}ms`;
  if (ms < 9.95) return `${ms.toFixed(1)}${THIN}ms`;
  if (ms < 999.5) return `${ms.toFixed(0)}${THIN}ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 9_995 ? 2 : 1)}${THIN}s`;
  const minutes = ms / 60_000;
  return minutes < 60 ? `${minutes.toFixed(1)}${THIN}min` : `${(minutes / 60).toFixed(1)}${THIN}h`;
}

/** @param share 0…1 */
export function percent(share: number | undefined): string {
  if (share === undefined) return NONE;
  const value = share * 100;
  if (value === 0 || value === 100) return `${value}${THIN}%`;
  if (value < 0.05) return `<${THIN}0.1${THIN}%`;
  if (value > 99.95) return `>${THIN}99.9${THIN}%`;
  return `${value.toFixed(value > 9.95 && value < 90 ? 0 : 1)}${THIN}%`;
}

export function bytes(count: number | undefined): string {
  if (count === undefined) return NONE;
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = count;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 9.95 && unit > 0 ? value.toFixed(1) : value.toFixed(0)}${THIN}${units[unit]}`;
}

/** @param used CPUs, such as 0.25 */
export function cores(used: number | undefined): string {
  if (used === undefined) return NONE;
  return `${used < 0.995 ? used.toFixed(2) : used.toFixed(1)}${THIN}CPU`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US").replaceAll(",", THIN);
}

/** The hour, minute and second of an ISO time, in the zone of who looks. */
export function timeOfDay(iso: string | undefined, fraction: 0 | 3 = 0): string {
  const date = new Date(iso ?? "");
  if (Number.isNaN(date.getTime())) return NONE;
  const two = (value: number) => String(value).padStart(2, "0");
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return fraction === 0 ? time : `${time}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** `1 service`, `3 services` */
export function plural(number: number, one: string, many = `${one}s`): string {
  return `${count(number)} ${number === 1 ? one : many}`;
}

/** The share that failed; undefined when nothing was asked. */
export function failed(signals: { readonly success?: number }): number | undefined {
  return signals.success === undefined ? undefined : 1 - signals.success;
}

/** So many failures are worth a colour: from where the observatory itself warns. */
export function isTrouble(signals: { readonly failures: number; readonly success?: number }): boolean {
  return signals.failures >= 3 && (failed(signals) ?? 0) >= 0.005;
}

function scaled(value: number): string {
  if (value === 0) return "0";
  if (value < 0.0995) return value.toFixed(2);
  if (value < 99.95) return value.toFixed(1);
  if (value < 999.5) return value.toFixed(0);
  if (value < 999_500) return `${(value / 1000).toFixed(value < 9_995 ? 2 : 1)}k`;
  return `${(value / 1e6).toFixed(1)}M`;
}

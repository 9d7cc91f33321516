// The words that sentences about health are made of.

/** `3 %`, `0.7 %`, `100 %`; nothing that failed shows as 0 %, and not everything as 100 % */
export function percent(part: number, whole: number): string {
  const share = (part / whole) * 100;
  if (part === whole) return "100 %";
  if (share >= 99.5) return "over 99 %";
  if (share >= 1) return `${Math.round(share)} %`;
  return share >= 0.05 ? `${share.toFixed(1)} %` : "under 0.1 %";
}

/** `a`, `a and b`, `a, b and 3 more` */
export function list(items: readonly string[], most = 3): string {
  if (items.length === 0) return "nothing";
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  const last = shown.at(-1) as string;
  return shown.length === 1 ? last : `${shown.slice(0, -1).join(", ")} and ${last}`;
}

/** `1 service`, `2 services` */
export function amount(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
}

/** `77 ms`, `1.5 s` */
export function time(ms: number): string {
  return ms < 995 ? `${Number(ms.toPrecision(2))} ms` : `${Number((ms / 1000).toPrecision(2))} s`;
}

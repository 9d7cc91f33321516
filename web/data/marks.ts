// Marks on charts: when something changed. Those that would stand on each other are one mark. Pure.
import type { ChangeRow } from "../../src/api/types.ts";

export type Mark = {
  /** of the first change, s since the epoch */
  readonly time: number;
  /** oldest first */
  readonly changes: readonly ChangeRow[];
};

/** marks that are nearer than this share of the window could not be told apart, nor pointed at */
const NEAREST = 0.015;

/** @param changes oldest first @param window s since the epoch */
export function marksOf(changes: readonly ChangeRow[], [from, to]: readonly [number, number]): Mark[] {
  const marks: { time: number; changes: ChangeRow[] }[] = [];
  for (const change of changes) {
    const time = Date.parse(change.time) / 1000;
    if (time < from || time > to) continue;
    const last = marks.at(-1);
    if (last && time - last.time < (to - from) * NEAREST) last.changes.push(change);
    else marks.push({ time, changes: [change] });
  }
  return marks;
}

/** `deployment of cart: version v2 after v1` */
export function changeText({ kind, service, text }: ChangeRow): string {
  return `${kind}${service === "" ? "" : ` of ${service}`}: ${text}`;
}

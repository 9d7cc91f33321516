// How far having something goes with being bad, within requests that are alike in other things: Mantel & Haenszel, 1959.
import { twoSidedP } from "../../statistics/proportion.ts";

export type Judged = {
  /** slow, or failed */
  readonly isBad: boolean;
  /** of requests that it stands for; must be scaled to their effective number */
  readonly weight: number;
};

export type Association = {
  /** in standard deviations; above 0: those who have it are bad more often */
  readonly score: number;
  /** that as much comes by chance, two-sided */
  readonly p: number;
};

type Table = { hasBad: number; has: number; bad: number; all: number };

export function association<Row extends Judged>(
  rows: readonly Row[],
  has: (row: Row) => boolean,
  alike: (row: Row) => string,
): Association {
  const tables = new Map<string, Table>();
  for (const row of rows) {
    const key = alike(row);
    const table = tables.get(key) ?? { hasBad: 0, has: 0, bad: 0, all: 0 };
    tables.set(key, table);
    table.all += row.weight;
    if (row.isBad) table.bad += row.weight;
    if (!has(row)) continue;
    table.has += row.weight;
    if (row.isBad) table.hasBad += row.weight;
  }
  let difference = 0;
  let variance = 0;
  for (const { hasBad, has: having, bad, all } of tables.values()) {
    if (all <= 1) continue;
    difference += hasBad - (having * bad) / all;
    variance += (having * (all - having) * bad * (all - bad)) / (all * all * (all - 1));
  }
  if (variance <= 0) return { score: 0, p: 1 };
  // half a request less: counts are whole
  const score = (Math.sign(difference) * Math.max(0, Math.abs(difference) - 0.5)) / Math.sqrt(variance);
  return { score, p: twoSidedP(score) };
}

/** Weights that add up to how many requests of weight 1 would say as much (Kish, 1965). */
export function effective<Row extends { readonly weight: number }>(rows: readonly Row[]): Row[] {
  const sum = rows.reduce((total, { weight }) => total + weight, 0);
  const squares = rows.reduce((total, { weight }) => total + weight * weight, 0);
  return rows.map((row) => ({ ...row, weight: (row.weight * sum) / (squares || 1) }));
}

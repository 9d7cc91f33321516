// Figures for people.
import type { Figure } from "../suite.ts";

export function printTable(figures: readonly Figure[]): void {
  const rows = figures.map(({ name, value, unit, goal, ok, stretch, peer }) => [
    name,
    `${value}`,
    unit,
    goal ?? "",
    goal === null ? "" : ok ? "ok" : "MISSED",
    stretch ?? "",
    peer ?? "",
  ]);
  const table = [["FIGURE", "VALUE", "UNIT", "GOAL", "", "STRETCH", "PEER"], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table)
    console.log(
      row
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join("  ")
        .trimEnd(),
    );
}

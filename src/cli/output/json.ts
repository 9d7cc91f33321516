// JSON for programs: a whole document, or one line per row.

export function json(document: unknown): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

export function ndjson(rows: readonly unknown[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join("");
}

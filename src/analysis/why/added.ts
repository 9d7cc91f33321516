// What became more in the ledger of a service.
import type { Ledger } from "../ledger/types.ts";
import type { LedgerChange } from "./answer.ts";

/** What became more, most first. */
export function addedTo(before: Ledger, during: Ledger): LedgerChange[] {
  if (before.requests === 0 || during.requests === 0) return [];
  const nameOf = ({ part, of }: Ledger["rows"][number]) => `${part} ${of ?? ""}`;
  const usual = new Map(before.rows.map((row) => [nameOf(row), row.ms]));
  const now = new Set(during.rows.map(nameOf));
  return [
    ...during.rows.map((row) => ({ ...named(row), beforeMs: usual.get(nameOf(row)) ?? 0, duringMs: row.ms })),
    ...before.rows
      .filter((row) => !now.has(nameOf(row)))
      .map((row) => ({ ...named(row), beforeMs: row.ms, duringMs: 0 })),
  ].sort((a, b) => b.duringMs - b.beforeMs - (a.duringMs - a.beforeMs));
}

function named({ part, of }: Ledger["rows"][number]): Pick<LedgerChange, "part" | "of"> {
  return { part, ...(of !== undefined && { of }) };
}

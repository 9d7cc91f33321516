// Spans name an error by its place in the table of errors, which moves when a row is added. The store names it by an id of
// its own, which does not.
import { ERROR_CODES } from "../../base/errors/index.ts";

export type StoredCode = { readonly id: number; readonly code: string };

export type ErrorIds = {
  /** the id of each number that a span may carry; 0 is none */
  byNumber(): Uint16Array;
  /** not yet in the store */
  missing(): readonly StoredCode[];
  /** these have been committed */
  stored(codes: readonly StoredCode[]): void;
  codeOf(id: number): string | undefined;
  idOf(code: string): number | undefined;
};

export function errorIds(known: readonly StoredCode[]): ErrorIds {
  const inStore = new Set(known.map(({ code }) => code));
  const all = [...known];
  let next = Math.max(0, ...known.map(({ id }) => id)) + 1;
  for (const code of ERROR_CODES) if (!inStore.has(code)) all.push({ id: next++, code });

  const idOf = new Map(all.map(({ id, code }) => [code, id]));
  const numbers = Uint16Array.from([0, ...ERROR_CODES.map((code) => idOf.get(code) ?? 0)]);
  const codes = new Map(all.map(({ id, code }) => [id, code]));
  return {
    byNumber: () => numbers,
    missing: () => all.filter(({ code }) => !inStore.has(code)),
    stored(committed) {
      for (const { code } of committed) inStore.add(code);
    },
    codeOf: (id) => codes.get(id),
    idOf: (code) => idOf.get(code),
  };
}

// Which services a few typed letters mean. Pure.

type Named = { readonly service: string; readonly namespace: string };

/** Names that begin so, then those that contain it, then those with its letters in order; each by name. */
export function found<Row extends Named>(rows: readonly Row[], text: string): Row[] {
  const wanted = text.trim().toLowerCase();
  return rows
    .map((row) => ({ row, rank: rank(row, wanted) }))
    .filter(({ rank }) => rank < NOT_FOUND)
    .sort((a, b) => a.rank - b.rank || (nameOf(a.row) < nameOf(b.row) ? -1 : 1))
    .map(({ row }) => row);
}

const NOT_FOUND = 3;

function rank(row: Named, wanted: string): number {
  const name = row.service.toLowerCase();
  if (name.startsWith(wanted)) return 0;
  if (nameOf(row).includes(wanted)) return 1;
  return hasInOrder(nameOf(row), wanted) ? 2 : NOT_FOUND;
}

function nameOf({ namespace, service }: Named): string {
  return `${namespace}/${service}`.toLowerCase();
}

function hasInOrder(name: string, letters: string): boolean {
  let at = 0;
  for (const letter of letters) {
    at = name.indexOf(letter, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

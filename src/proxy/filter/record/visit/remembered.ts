// What texts that come again and again mean, worked out once.

/** `make`, for texts as they stand in a head; so many are remembered at most, then it begins anew. */
export function remembered<T>(
  most: number,
  make: (text: string) => T,
): (head: string, from?: number, to?: number) => T {
  const known = new Map<string, T>();
  let last = "";
  let meaning = make(last);
  return (head, from = 0, to = head.length) => {
    // mostly it is that of before: to compare costs a fraction of a look into the map, and makes no string
    if (to - from === last.length && head.startsWith(last, from)) return meaning;
    // a slice would keep the whole head in memory
    last = Buffer.from(head.slice(from, to), "latin1").toString("latin1");
    const found = known.get(last);
    meaning = found === undefined ? make(last) : found;
    if (found !== undefined) return meaning;
    if (known.size >= most) known.clear();
    known.set(last, meaning);
    return meaning;
  };
}

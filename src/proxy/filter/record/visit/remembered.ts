// What texts that come again and again mean, worked out once.

/** `make`, for texts cut out of a head; so many are remembered at most, then it begins anew. */
export function remembered<T>(most: number, make: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  let last = "";
  let meaning = make(last);
  return (text) => {
    // mostly it is that of before, and to compare costs a fraction of a look into the map
    if (text === last) return meaning;
    const found = known.get(text);
    // a slice would keep the whole head in memory
    last = Buffer.from(text, "latin1").toString("latin1");
    meaning = found === undefined ? make(last) : found;
    if (found !== undefined) return meaning;
    if (known.size >= most) known.clear();
    known.set(last, meaning);
    return meaning;
  };
}

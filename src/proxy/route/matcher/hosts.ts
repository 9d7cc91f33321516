// What is said for a host: by its name, then by wildcards, the longest first, then for every host.

/** longer than any name that exists (RFC 1035 §2.3.4): only what is for every host is asked */
const LONGEST = 253;
const NOTHING: readonly never[] = [];

/**
 * What is said for the host of an authority (`host[:port]`, any case), the most specific first.
 * @param entries by hostname in lower case: `a.example`, `*.example` for any labels in front, empty for every host
 */
export function hostTable<T>(entries: Iterable<readonly [string, T]>): (authority: string) => readonly T[] {
  const own = new Map(entries);
  const any = own.get("");
  const every: readonly T[] = any === undefined ? NOTHING : [any];
  own.delete("");
  if (own.size === 0) return () => every;

  const chains = new Map<string, readonly T[]>();
  const wildcards = [...own.keys()].filter((name) => name.startsWith("*"));
  // shorter ones first: the longer ones go on with them
  for (const name of wildcards.sort((a, b) => a.length - b.length)) {
    chains.set(name, [own.get(name) as T, ...(wildcardOf(chains, name.slice(2)) ?? every)]);
  }
  for (const [name, value] of own) {
    if (!name.startsWith("*")) chains.set(name, [value, ...(wildcardOf(chains, name) ?? every)]);
  }
  return (authority) => {
    const known = chains.get(authority);
    if (known) return known;
    const host = hostOf(authority);
    if (host.length > LONGEST) return every;
    const own = host === authority ? undefined : chains.get(host);
    return own ?? wildcardOf(chains, host) ?? every;
  };
}

/** Of the longest wildcard that the host falls under; it stands for one label at least. */
function wildcardOf<T>(chains: ReadonlyMap<string, T>, host: string): T | undefined {
  for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
    const found = dot > 0 ? chains.get(`*${host.slice(dot)}`) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name alone, in lower case, without port and without the dot that marks a complete name. */
export function hostOf(authority: string): string {
  const colon = authority.lastIndexOf(":");
  const isPort = colon > authority.lastIndexOf("]");
  const host = (isPort ? authority.slice(0, colon) : authority).toLowerCase();
  return host.endsWith(".") ? host.slice(0, -1) : host;
}

// What is remembered of the request before on a connection, of some connections at a time: memory does not grow with those that rest.

/** of connections, by their descriptor: two that share a place only tell each other nothing */
const PLACES = 256;

/** One of what `make` makes, for the connection with this descriptor. */
export function byConnection<T>(make: () => T): (fd: number) => T {
  const places = Array.from<T | undefined>({ length: PLACES });
  return (fd) => {
    const place = fd & (PLACES - 1);
    const there = places[place];
    if (there !== undefined) return there;
    const made = make();
    places[place] = made;
    return made;
  };
}

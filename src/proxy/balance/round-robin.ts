// The next backend in turn. Each worker has its own turn; that they do not agree only evens the load out.
import type { Backend, Destination } from "../shapes.ts";

export function nextBackend(destination: Destination): Backend | undefined {
  const { backends } = destination;
  if (backends.length === 0) return undefined;
  const place = destination.next >= backends.length ? 0 : destination.next;
  destination.next = place + 1;
  return backends[place];
}

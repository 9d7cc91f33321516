// Outside addresses. What is dialled is the address that the caller dialled, never what a Host field says: who may call
// what is decided by addresses, and a name could be anything.
import { LIMITS } from "../limits.ts";
import type { Destination, Ways } from "../shapes.ts";
import { backend } from "./backend.ts";

/** Is the address one that only the mesh gives out (model/address.ts)? Nobody outside has it. */
export function isVirtual(address: string): boolean {
  return isClassE(address) || address.startsWith("fd00:6d77:");
}

/** 240.0.0.0/4 */
function isClassE(address: string): boolean {
  const first = Number.parseInt(address, 10);
  return !address.includes(":") && first >= 240;
}

/** One per caller, address and port: what one workload learned or pooled is not another's. */
export function egressDestination(
  known: Map<string, Destination>,
  ways: Ways,
  source: number,
  address: string,
  port: number,
): Destination {
  const id = `${source} ${address} ${port}`;
  const found = known.get(id);
  if (found) return found;
  if (known.size >= LIMITS.egressTargets) forgetOldest(known);
  const destination: Destination = {
    service: 0,
    name: address,
    port,
    isEgress: true,
    protocol: undefined,
    backends: [backend({ type: "egress", source, address, port }, 0)],
    ways,
    chooser: undefined,
    isStale: false,
    begins: undefined,
  };
  known.set(id, destination);
  return destination;
}

function forgetOldest(known: Map<string, Destination>): void {
  for (const [id, destination] of known) {
    if (destination.backends.some((backend) => backend.open > 0)) continue;
    known.delete(id);
    return;
  }
}

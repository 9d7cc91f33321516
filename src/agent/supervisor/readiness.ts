// Which ports of a workload can take a connection, and how it is dialled there: pure, from what the kernel says listens.
import { unmapped } from "../../model/address.ts";
import type { Endpoint } from "../../model/snapshot.ts";
import type { WorkloadIdentity } from "../../model/workload.ts";
import type { Listening } from "../../sys/listening.ts";
import { CAPTURE_PORT } from "../netns/rules.ts";

export type Port = { readonly port: number; readonly via: Endpoint["via"]; readonly v6Only: boolean };

type Way = Omit<Port, "port">;
const WAYS: readonly Way[] = [
  { via: "own", v6Only: false },
  { via: "own", v6Only: true },
  { via: "loopback4", v6Only: false },
  { via: "loopback6", v6Only: true },
];

/** In the order of ports. A port on loopback alone counts only when the service declares it: others are private. */
export function portsOf(
  { address, declaredPorts }: Pick<WorkloadIdentity, "address" | "declaredPorts">,
  listening: readonly Listening[],
): Port[] {
  const best = new Map<number, number>(); // port → index into WAYS, the lower the better
  for (const one of listening) {
    if (one.port === CAPTURE_PORT) continue;
    const way = wayTo(one, address.v4, address.v6);
    if (way === undefined || (way >= 2 && !declaredPorts.includes(one.port))) continue;
    best.set(one.port, Math.min(way, best.get(one.port) ?? WAYS.length));
  }
  return [...best.entries()].sort(([a], [b]) => a - b).map(([port, way]) => ({ port, ...(WAYS[way] as Way) }));
}

/** Of the workload's own sockets; undefined: nothing listens. */
export function longestQueue(listening: readonly Listening[]): number | undefined {
  const own = listening.filter(({ port }) => port !== CAPTURE_PORT);
  return own.length === 0 ? undefined : Math.max(...own.map(({ queue }) => queue));
}

function wayTo(one: Listening, own4: string, own6: string): number | undefined {
  const address = unmapped(mappedForm(one.address));
  if (address === "0.0.0.0" || address === own4) return 0;
  if (address === "::") return one.v6Only ? 1 : 0;
  if (address === own6) return 1;
  if (address.startsWith("127.")) return 2;
  if (address === "::1") return 3;
  return undefined;
}

/** The kernel's `::ffff:7f00:1` as `::ffff:127.0.0.1`. */
function mappedForm(address: string): string {
  const match = /^::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})$/.exec(address);
  if (!match) return address;
  const [high, low] = [Number.parseInt(match[1] as string, 16), Number.parseInt(match[2] as string, 16)];
  return `::ffff:${high >> 8}.${high & 0xff}.${low >> 8}.${low & 0xff}`;
}

export function samePorts(a: readonly Port[], b: readonly Port[]): boolean {
  return (
    a.length === b.length &&
    a.every((one, i) => one.port === b[i]?.port && one.via === b[i]?.via && one.v6Only === b[i]?.v6Only)
  );
}

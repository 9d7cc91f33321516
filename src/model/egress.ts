// Which outside addresses a workload may never reach, whatever the policy says: the host itself and the services that
// hand out a machine's credentials. The opener asks before it asks the host, and the host asks again.
import { formatIp, parseIp } from "../base/ip.ts";
import { VIRTUAL_V4, VIRTUAL_V6 } from "./address.ts";

type Range = {
  readonly cidr: string;
  readonly network: Uint8Array;
  readonly bits: number;
  readonly reason: string;
};

const RANGES: readonly Range[] = [
  range("0.0.0.0/8", "unspecified: it means the host itself"),
  range("127.0.0.0/8", "loopback of the host"),
  range("169.254.0.0/16", "link-local, where clouds serve a machine's credentials"),
  range("100.100.100.200/32", "metadata service, which serves a machine's credentials"),
  range("192.0.0.192/32", "metadata service, which serves a machine's credentials"),
  range("168.63.129.16/32", "metadata service, which serves a machine's configuration"),
  range("224.0.0.0/4", "multicast"),
  range(VIRTUAL_V4, "virtual address of a mesh, which exists only inside it"),
  range("::/128", "unspecified: it means the host itself"),
  range("::1/128", "loopback of the host"),
  range("fe80::/10", "link-local"),
  range("ff00::/8", "multicast"),
  range("fd00:ec2::/32", "metadata service, which serves a machine's credentials"),
  range("fd20:ce::/32", "metadata service, which serves a machine's credentials"),
  range(VIRTUAL_V6, "virtual address of a mesh, which exists only inside it"),
];

/** Forms of IPv6 that carry an IPv4 address, and where: v4-mapped, v4-compatible, NAT64 (RFC 6052), 6to4 (RFC 3056). */
const CARRIERS: readonly { readonly range: Range; readonly at: number }[] = [
  { range: range("::ffff:0:0/96", ""), at: 12 },
  { range: range("::ffff:0:0:0/96", ""), at: 12 },
  { range: range("64:ff9b::/96", ""), at: 12 },
  { range: range("::/96", ""), at: 12 },
  { range: range("2002::/16", ""), at: 2 },
];

/** The same ranges for a packet filter, in CIDR notation; forms that carry an IPv4 address are forbidden there as a whole. */
export const FORBIDDEN_EGRESS: readonly string[] = [
  ...RANGES.map((range) => range.cidr),
  ...CARRIERS.map((carrier) => carrier.range.cidr),
];

/** Why no workload may connect to this address, in words; undefined when policy alone decides. */
export function isForbiddenEgress(address: string): string | undefined {
  const bytes = parseIp(address);
  if (!bytes) return "not an IP address";
  const found = RANGES.find((range) => contains(range, bytes));
  if (found) return found.reason;
  for (const carrier of CARRIERS) {
    if (!contains(carrier.range, bytes)) continue;
    const reason = isForbiddenEgress(formatIp(bytes.subarray(carrier.at, carrier.at + 4)));
    if (reason) return reason;
  }
  return undefined;
}

function range(cidr: string, reason: string): Range {
  const [address, bits] = cidr.split("/") as [string, string];
  return { cidr, network: parseIp(address) as Uint8Array, bits: Number(bits), reason };
}

function contains({ network, bits }: Range, address: Uint8Array): boolean {
  if (network.length !== address.length) return false;
  const whole = bits >> 3;
  for (let i = 0; i < whole; i++) if (network[i] !== address[i]) return false;
  const rest = bits & 7;
  return rest === 0 || ((network[whole] as number) ^ (address[whole] as number)) >> (8 - rest) === 0;
}

// The virtual addresses of a project: class E for IPv4 (no host uses it), an own ULA prefix for IPv6.
// Services and workloads are numbered; the number is the address.
import type { AddressPair } from "./workload.ts";

/** where each workload's resolver listens, inside its own network namespace */
export const DNS_ADDRESS: AddressPair = { v4: "240.0.0.53", v6: "fd00:6d77::53" };
export const VIRTUAL_V4 = "240.0.0.0/4";
export const VIRTUAL_V6 = "fd00:6d77::/32";

/** @param index 0 … 65,535 */
export function serviceAddress(index: number): AddressPair {
  return pair(1, index);
}

/** @param key a workload's key; its address repeats after 2^20 workloads, long after the first is gone */
export function workloadAddress(key: number): AddressPair {
  return pair(128, key);
}

function pair(block: number, index: number): AddressPair {
  const high = (index >> 16) & 0x0f;
  const mid = (index >> 8) & 0xff;
  const low = index & 0xff;
  return {
    v4: `240.${block + high}.${mid}.${low}`,
    v6: `fd00:6d77:${block.toString(16)}::${high ? `${high.toString(16)}:` : ""}${((mid << 8) | low).toString(16)}`,
  };
}

/** v4-mapped IPv6 (`::ffff:240.1.0.2`) as plain IPv4; everything else as it is */
export function unmapped(address: string): string {
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address;
}

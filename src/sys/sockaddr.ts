// Socket addresses as the kernel lays them out: struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)).
import { formatIp, parseIp } from "../base/ip.ts";

export const AF_INET = 2;
export const AF_INET6 = 10;

export type SocketAddress = { readonly family: 4 | 6; readonly bytes: Uint8Array };

/** @param address an IP address, never a name */
export function socketAddress(address: string, port: number): SocketAddress {
  const ip = parseIp(address);
  if (!ip) throw new TypeError(`not an IP address: ${address}`);
  const family = ip.length === 4 ? 4 : 6;
  const bytes = new Uint8Array(family === 4 ? 16 : 28);
  bytes[0] = family === 4 ? AF_INET : AF_INET6;
  bytes[2] = port >> 8;
  bytes[3] = port & 0xff;
  bytes.set(ip, family === 4 ? 4 : 8);
  return { family, bytes };
}

/** The reverse; undefined for other families. */
export function readSocketAddress(bytes: Uint8Array): { address: string; port: number } | undefined {
  const family = (bytes[0] as number) | ((bytes[1] as number) << 8);
  const port = ((bytes[2] as number) << 8) | (bytes[3] as number);
  if (family === AF_INET) return { address: formatIp(bytes.subarray(4, 8)), port };
  if (family === AF_INET6) return { address: formatIp(bytes.subarray(8, 24)), port };
  return undefined;
}

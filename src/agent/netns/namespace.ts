// Makes, prepares and removes the network namespace of one workload. There is no interface in it but lo: everything the
// workload can reach, it reaches through a worker or on its own loopback.
import { existsSync, writeFileSync } from "node:fs";
import { VIRTUAL_V4, VIRTUAL_V6 } from "../../model/address.ts";
import type { AddressPair } from "../../model/workload.ts";
import { inNetns } from "../../sys/netns.ts";
import { runTool } from "../tool.ts";
import { CAPTURED_MARK } from "./rules.ts";

/** routing table that makes every address local, for captured packets */
const CAPTURE_TABLE = 100;

/** Where `ip netns` keeps namespaces. */
export function netnsPath(key: number): string {
  return `/run/netns/${netnsName(key)}`;
}

function netnsName(key: number): string {
  return `mesh-${key}`;
}

/** Idempotent: one that is there already, with a workload in it, is taken over as it is. Returns its path. */
export async function makeNamespace(key: number, address: AddressPair): Promise<string> {
  const path = netnsPath(key);
  if (existsSync(path)) return path;
  const name = netnsName(key);
  await runTool(["ip", "netns", "add", name]);
  try {
    writeSysctls(path);
    await runTool(["ip", "-n", name, "-4", "-batch", "-"], routes4(address.v4));
    if (existsSync("/proc/sys/net/ipv6")) await runTool(["ip", "-n", name, "-6", "-batch", "-"], routes6(address.v6));
  } catch (thrown) {
    await runTool(["ip", "netns", "delete", name]).catch(() => {}); // the first failure tells more
    throw thrown;
  }
  return path;
}

/** The kernel ends it when the last socket and process in it are gone. */
export async function removeNamespace(key: number): Promise<void> {
  if (existsSync(netnsPath(key))) await runTool(["ip", "netns", "delete", netnsName(key)]);
}

/** Replaces the rules, or changes the ready set: whatever `rules` says, in one transaction. */
export async function applyRules(path: string, rules: string): Promise<void> {
  await runTool(["nsenter", `--net=${path}`, "nft", "-f", "-"], rules);
}

// The own addresses make getaddrinfo's AI_ADDRCONFIG see both families; the virtual ranges and the default route lead
// to lo, where the rules wait. `src` is what a server sees as peer, so both families name the workload.
function routes4(own: string): string {
  return `link set lo up
address add ${own}/32 dev lo
route add local ${VIRTUAL_V4} dev lo src ${own}
route add default dev lo src ${own}
rule add fwmark ${CAPTURED_MARK} lookup ${CAPTURE_TABLE}
route add local 0.0.0.0/0 dev lo table ${CAPTURE_TABLE}
`;
}

function routes6(own: string): string {
  return `address add ${own}/128 dev lo nodad
route add local ${VIRTUAL_V6} dev lo src ${own}
route add default dev lo src ${own}
rule add fwmark ${CAPTURED_MARK} lookup ${CAPTURE_TABLE}
route add local ::/0 dev lo table ${CAPTURE_TABLE}
`;
}

const SYSCTLS: Readonly<Record<string, string>> = {
  // a workload may listen on 80 without any privilege
  "ipv4/ip_unprivileged_port_start": "0",
  // a worker that dies loses no connection that waits in its queue
  "ipv4/tcp_migrate_req": "1",
  // a host may have switched these off for new namespaces
  "ipv6/conf/all/disable_ipv6": "0",
  "ipv6/conf/lo/disable_ipv6": "0",
};

function writeSysctls(path: string): void {
  inNetns(path, () => {
    for (const [name, value] of Object.entries(SYSCTLS)) {
      const file = `/proc/sys/net/${name}`;
      if (existsSync(file)) writeFileSync(file, value);
    }
  });
}

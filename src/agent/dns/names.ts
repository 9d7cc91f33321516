// Which names and addresses are the mesh's own, and what they mean: a service is `svc`, `svc.ns`, `svc.ns.svc` or
// `svc.ns.svc.cluster.local`. Its name resolves as soon as it is configured; whether somebody serves is told by connecting.
import { parseIp } from "../../base/ip.ts";
import { unmapped, VIRTUAL_V4, VIRTUAL_V6 } from "../../model/address.ts";
import type { MeshConfig } from "../../model/snapshot.ts";
import type { AddressPair, WorkloadIdentity } from "../../model/workload.ts";

const ZONE = "cluster.local";

export type Found =
  | { readonly kind: "service"; readonly address: AddressPair }
  | { readonly kind: "loopback" }
  /** in a zone of ours, and there is no such name */
  | { readonly kind: "none" }
  | { readonly kind: "outside" };

export type Names = {
  /** @param name without the dot at its end, in any case */
  find(name: string): Found;
  /** the name of a virtual address, from a question such as 7.0.1.240.in-addr.arpa; `outside` for other addresses */
  reverse(name: string): string | "none" | "outside";
};

/** @param workloads all of the mesh; asked for once, when somebody wants the name of an address */
export function meshNames(config: MeshConfig, workloads: () => readonly WorkloadIdentity[]): Names {
  const services = new Map<string, AddressPair>();
  for (const { name, namespace, address } of config.services) {
    for (const form of [`${name}`, `${name}.${namespace}`, `${name}.${namespace}.svc`, fullName(name, namespace)]) {
      services.set(form.toLowerCase(), address);
    }
  }
  // Made when first asked: hardly anybody does, and of ten thousand workloads it is 50 ms, in which a worker carries nothing.
  let byAddress: ReadonlyMap<string, string> | undefined;
  return {
    find(name) {
      const lower = name.toLowerCase();
      const address = services.get(lower);
      if (address) return { kind: "service", address };
      if (isWithin(lower, "localhost")) return { kind: "loopback" }; // RFC 6761 §6.3
      if (isWithin(lower, ZONE)) return { kind: "none" };
      return { kind: "outside" };
    },
    reverse(name) {
      const bytes = addressOfReverseName(name.toLowerCase());
      if (!bytes || !isVirtualBytes(bytes)) return "outside";
      byAddress ??= namesByAddress(config, workloads());
      return byAddress.get(bytes.toHex()) ?? "none";
    },
  };
}

/** address as `hex` writes it → name */
function namesByAddress(config: MeshConfig, workloads: readonly WorkloadIdentity[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const namespaces = new Map<string, string>();
  for (const { name, namespace, address } of config.services) {
    namespaces.set(name, namespace);
    for (const one of [address.v4, address.v6]) names.set(hex(one), fullName(name, namespace));
  }
  for (const { id, address, service } of workloads) {
    const full = `${id}.${fullName(service, namespaces.get(service) ?? config.project)}`.toLowerCase();
    for (const one of [address.v4, address.v6]) names.set(hex(one), full);
  }
  return names;
}

function fullName(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.${ZONE}`.toLowerCase();
}

function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

function hex(address: string): string {
  return (parseIp(address) as Uint8Array).toHex();
}

/** RFC 1035 §3.5 and RFC 3596 §2.5 */
function addressOfReverseName(name: string): Uint8Array | undefined {
  if (name.endsWith(".in-addr.arpa"))
    return parseIp(name.slice(0, -".in-addr.arpa".length).split(".").reverse().join("."));
  if (!name.endsWith(".ip6.arpa")) return undefined;
  const digits = name.slice(0, -".ip6.arpa".length).split(".").reverse();
  if (digits.length !== 32 || !digits.every((digit) => /^[0-9a-f]$/.test(digit))) return undefined;
  return Uint8Array.fromHex(digits.join(""));
}

/** An answer from outside that names an address of ours would let a stranger's name point at our services. */
export function isVirtual(address: string): boolean {
  const bytes = parseIp(unmapped(address));
  return bytes === undefined || isVirtualBytes(bytes);
}

const V4_PREFIX = (parseIp(VIRTUAL_V4.split("/")[0] as string) as Uint8Array)[0] as number;
const V6_PREFIX = (parseIp(VIRTUAL_V6.split("/")[0] as string) as Uint8Array).subarray(0, 4).toHex();

function isVirtualBytes(bytes: Uint8Array): boolean {
  return bytes.length === 4 ? (bytes[0] as number) >= V4_PREFIX : bytes.subarray(0, 4).toHex() === V6_PREFIX;
}

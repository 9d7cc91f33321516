// The many spellings of a published port (https://github.com/compose-spec/compose-spec/blob/main/05-services.md#ports).
import { isIP } from "node:net";
import type { PublishedPort } from "../../model/project.ts";

/** no address given: all of the host's, both IP versions */
export const ANY_ADDRESS = "::";

export type PortMapping = Pick<PublishedPort, "hostAddress" | "hostPort" | "targetPort">;

export type ParsedPorts =
  | { readonly ok: true; readonly ports: readonly PortMapping[] }
  | { readonly ok: false; readonly what: string; readonly fix: string };

export const PORT_FIX = 'Write "host:service", such as "8080:80", "127.0.0.1:8080:80" or "8080-8082:80-82".';
export const UDP_FIX = "Publish TCP ports only; UDP is not carried yet.";

/** @param text `[[address:]host:]target[/protocol]`; host and target may be ranges of equal length */
export function parseShortPort(text: string): ParsedPorts {
  const [spec = "", protocol = "tcp", more] = text.split("/");
  if (more !== undefined) return wrong(`"${text}" has two protocols`, PORT_FIX);
  if (protocol !== "tcp") return wrong(`"${protocol}" is not supported yet`, UDP_FIX);
  const found = /^(?:(?:(\[[0-9a-fA-F:.]+\]|[^:[\]]*):)?([^:]*):)?([^:]+)$/.exec(spec);
  if (!found) return wrong(`"${text}" is not a port mapping`, PORT_FIX);
  const [, address = "", host = "", target = ""] = found;
  return mapPorts(text, address.replace(/^\[|\]$/g, ""), host, target);
}

/** @param host port, range or empty for any free port */
export function mapPorts(text: string, address: string, host: string, target: string): ParsedPorts {
  if (address && isIP(address) === 0) return wrong(`"${address}" is not an IP address`, PORT_FIX);
  const targets = parseRange(target);
  if (!targets) return wrong(`"${target}" is not a port or a range of ports`, rangeFix(target));
  const hosts = host === "" ? undefined : parseRange(host);
  if (host !== "" && !hosts) return wrong(`"${host}" is not a port or a range of ports`, rangeFix(host));
  const count = targets.last - targets.first;
  if (hosts && hosts.last - hosts.first !== count) {
    if (count === 0)
      return wrong(
        `"${text}" offers a range of host ports for one port, which is not supported yet`,
        "Name one host port.",
      );
    return wrong(`"${text}" maps ranges of different length`, "Give both ranges the same number of ports.");
  }
  const ports: PortMapping[] = [];
  for (let i = 0; i <= count; i++) {
    ports.push({
      hostAddress: address || ANY_ADDRESS,
      hostPort: hosts ? hosts.first + i : 0,
      targetPort: targets.first + i,
    });
  }
  return { ok: true, ports };
}

/** `80` or `3000-3005`, ascending, within 1 … 65,535 */
export function parseRange(text: string): { readonly first: number; readonly last: number } | undefined {
  const found = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text);
  if (!found) return undefined;
  const first = Number(found[1]);
  const last = Number(found[2] ?? found[1]);
  return first >= 1 && last <= 65_535 && first <= last ? { first, last } : undefined;
}

function rangeFix(text: string): string {
  const [first = "", last = ""] = text.split("-");
  if (/^\d+$/.test(first) && /^\d+$/.test(last) && Number(first) > Number(last)) return "Write the lower port first.";
  if (/^\d+(-\d+)?$/.test(text)) return "Ports go from 1 to 65535.";
  return PORT_FIX;
}

function wrong(what: string, fix: string): ParsedPorts {
  return { ok: false, what, fix };
}

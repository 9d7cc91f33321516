// Which ports a service offers: published on the host, and declared to the mesh.
import type { PortProtocol, PublishedPort } from "../../model/project.ts";
import type { Path } from "../yaml/problems.ts";
import { mapPorts, type ParsedPorts, parseRange, parseShortPort, UDP_FIX } from "./ports.ts";
import type { RawPort, RawService } from "./raw.ts";
import type { Scope } from "./scope.ts";

export type ServicePorts = { readonly published: readonly PublishedPort[]; readonly declared: readonly number[] };

export function readPorts(scope: Scope, service: string, raw: RawService, path: Path): ServicePorts {
  const published = (raw.ports ?? []).flatMap((port, index) =>
    readPort(scope, service, port, [...path, "ports", index]),
  );
  const exposed = (raw.expose ?? []).flatMap((port, index) => readExposed(scope, port, [...path, "expose", index]));
  const declared = new Set([...exposed, ...published.map((port) => port.targetPort)]);
  return { published, declared: [...declared].sort((a, b) => a - b) };
}

function readPort(scope: Scope, service: string, raw: RawPort, path: Path): readonly PublishedPort[] {
  const parsed = parse(raw);
  if (!parsed.ok) {
    scope.error(path, parsed.what, parsed.fix);
    return [];
  }
  const protocol = typeof raw === "object" && raw.app_protocol ? appProtocol(scope, raw.app_protocol, path) : undefined;
  return parsed.ports.map((port) => ({ ...port, service, ...(protocol ? { protocol } : {}) }));
}

function parse(raw: RawPort): ParsedPorts {
  if (typeof raw !== "object") return parseShortPort(String(raw));
  const protocol = raw.protocol ?? "tcp";
  if (protocol !== "tcp") return { ok: false, what: `"${protocol}" is not supported yet`, fix: UDP_FIX };
  const host = raw.published === undefined ? "" : String(raw.published);
  // published: "0" means any free port, as leaving it out does
  return mapPorts(`${host}:${raw.target}`, raw.host_ip ?? "", host === "0" ? "" : host, String(raw.target));
}

/** what the proxy reads itself; every other protocol is carried as bytes */
const HTTP = new Set(["http", "http/1.1", "ws", "kubernetes.io/ws"]);
const HTTP2 = new Set(["grpc", "http2", "h2c", "kubernetes.io/h2c"]);

function appProtocol(scope: Scope, name: string, path: Path): PortProtocol {
  if (HTTP.has(name.toLowerCase())) return "http";
  if (HTTP2.has(name.toLowerCase())) {
    const fix = "Nothing is needed; only its connections are counted, not its requests.";
    scope.warning([...path, "app_protocol"], `${name} is carried as bytes: HTTP/2 is not read yet`, fix);
  }
  return "tcp";
}

function readExposed(scope: Scope, raw: string | number, path: Path): number[] {
  const [text = "", protocol = "tcp"] = String(raw).split("/");
  const range = parseRange(text);
  if (protocol !== "tcp") scope.error(path, `"${protocol}" is not supported yet`, UDP_FIX);
  else if (!range)
    scope.error(path, `"${raw}" is not a port or a range of ports`, 'Write one such as "8080" or "3000-3005".');
  else return Array.from({ length: range.last - range.first + 1 }, (_, index) => range.first + index);
  return [];
}

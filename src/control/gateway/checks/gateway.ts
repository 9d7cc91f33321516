// What the schema cannot say of a Gateway.
import { isIP } from "node:net";
import type { Path } from "../../yaml/problems.ts";
import type { RawGateway, RawListener } from "../raw.ts";
import { type Report, unique } from "../report.ts";
import { checkHostnames } from "./http-route.ts";

const PLAIN = new Set(["HTTP", "TCP", "UDP"]);

export function checkGateway(report: Report, { listeners, addresses }: RawGateway): void {
  const path: Path = ["spec", "listeners"];
  unique(
    report,
    listeners,
    (index) => [...path, index, "name"],
    ({ name }) => name,
    "another listener has this name",
  );
  unique(
    report,
    listeners,
    (index) => [...path, index],
    ({ port, protocol, hostname = "" }) => `${port} ${protocol} ${hostname}`,
    "another listener has the same port, protocol and hostname",
  );
  for (const [index, listener] of listeners.entries()) checkListener(report, listener, [...path, index]);
  const at: Path = ["spec", "addresses"];
  const named = (one: { type?: string; value?: string }) => one.value && `${one.type ?? "IPAddress"} ${one.value}`;
  unique(report, addresses, (index) => [...at, index], named, "is there twice");
  for (const [index, { type = "IPAddress", value }] of (addresses ?? []).entries()) {
    if (type === "IPAddress" && value !== undefined && !isIP(value)) {
      report.error([...at, index, "value"], `${value} is not an IP address`, "Write one such as 127.0.0.1 or 0.0.0.0.");
    }
  }
}

function checkListener(report: Report, listener: RawListener, path: Path): void {
  const { protocol, hostname, tls, allowedRoutes } = listener;
  if (hostname !== undefined && (protocol === "TCP" || protocol === "UDP")) {
    report.error([...path, "hostname"], `${protocol} knows no host names`, "Remove it.");
  }
  if (hostname !== undefined) checkHostnames(report, [hostname], [...path, "hostname"]);
  if (tls !== undefined && PLAIN.has(protocol)) {
    report.error([...path, "tls"], `${protocol} has no TLS`, "Remove it, or write HTTPS or TLS as protocol.");
  }
  const { from = "Same", selector } = allowedRoutes?.namespaces ?? {};
  const at = [...path, "allowedRoutes", "namespaces"];
  if (from === "Selector" && !selector) report.error(at, "selector is missing", "Add selector.");
  if (from !== "Selector" && selector) {
    report.error([...at, "selector"], `has no effect with from: ${from}`, "Write from: Selector, or remove it.");
  }
}

// On which ports of a service's address a connection is accepted: those that somebody serves, himself or for it by a route.
import type { RouteBackend, RouteParent } from "../../model/route.ts";
import type { Snapshot } from "../../model/snapshot.ts";
import type { ReadyPort } from "../netns/rules.ts";

/** Each once. */
export function readyPortsOf({
  services,
  endpoints,
  routing,
}: Pick<Snapshot, "services" | "endpoints" | "routing">): ReadyPort[] {
  const ready = new Map<string, ReadyPort>();
  const addresses = new Map(services.map(({ name, address }) => [name, address]));
  const add = (service: string, port: number) => {
    const address = addresses.get(service);
    if (address) ready.set(placeOf(service, port), { address, port });
  };
  for (const { service, port } of endpoints) add(service, port);

  const served = new Set(ready.keys());
  const route = (parents: readonly RouteParent[], backends: readonly RouteBackend[], answersItself: boolean) => {
    const targets = backends.flatMap(({ ref }) => (ref && served.has(placeOf(ref.service, ref.port)) ? [ref] : []));
    for (const parent of parents) {
      if (parent.kind !== "service") continue;
      // a parent without a port has those on which its backends are
      if (parent.port === undefined) for (const { port } of targets) add(parent.service, port);
      else if (targets.length > 0 || answersItself) add(parent.service, parent.port);
    }
  };
  for (const { parents, rules } of routing.http) {
    const redirects = rules.some(({ filters }) => filters.some(({ type }) => type === "redirect"));
    route(
      parents,
      rules.flatMap(({ backends }) => backends),
      redirects,
    );
  }
  for (const { parents, backends } of routing.tcp) route(parents, backends, false);
  return [...ready.values()];
}

function placeOf(service: string, port: number): string {
  return `${service}:${port}`;
}

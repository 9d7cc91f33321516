// What only the whole project can show: services that do not exist, circles of dependencies, one port taken twice.
import type { ServiceSpec } from "../../model/project.ts";
import { nearest } from "../yaml/suggest.ts";
import { ANY_ADDRESS } from "./ports.ts";
import type { RawProject } from "./raw.ts";
import type { Scope } from "./scope.ts";

type Rest = {
  readonly raw: RawProject;
  /** services that no chosen profile includes */
  readonly inactive: ReadonlySet<string>;
  /** services whose shape is wrong */
  readonly broken: ReadonlySet<string>;
};

export function checkProject(scope: Scope, services: readonly ServiceSpec[], rest: Rest): void {
  checkNames(scope, services);
  checkDependencies(scope, services, rest);
  checkCircles(scope, services);
  checkHostPorts(scope, services);
}

function checkNames(scope: Scope, services: readonly ServiceSpec[]): void {
  const seen = new Map<string, string>();
  for (const { name } of services) {
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      scope.error(
        ["services", name],
        `has the same name as ${other} but for its case, and DNS knows no case`,
        "Rename one.",
      );
    } else if (/^(localhost|outside|mesh)$/i.test(name) || /^[\d.]+$/.test(name)) {
      scope.error(["services", name], "this name means something else", "Rename the service.");
    }
    seen.set(name.toLowerCase(), name);
  }
}

function checkDependencies(scope: Scope, services: readonly ServiceSpec[], { raw, inactive, broken }: Rest): void {
  const byName = new Map(services.map((service) => [service.name, service]));
  for (const { name, dependsOn } of services) {
    const written = raw.services[name]?.depends_on;
    for (const { service: wanted, condition, required } of dependsOn) {
      const path = ["services", name, "depends_on", Array.isArray(written) ? written.indexOf(wanted) : wanted];
      const target = byName.get(wanted);
      if (wanted === name) {
        scope.error(path, "a service cannot wait for itself", "Remove it.");
      } else if (broken.has(wanted)) {
        // its own mistakes are said already
      } else if (!target && inactive.has(wanted)) {
        const fix = `Choose one of its profiles with COMPOSE_PROFILES, or add required: false.`;
        if (required) scope.error(path, `${wanted} belongs to no chosen profile`, fix);
      } else if (!target) {
        const meant = nearest(wanted, [...byName.keys()]);
        scope.error(
          path,
          `there is no service ${wanted}`,
          meant ? `Did you mean "${meant}"?` : "Add it or remove this line.",
        );
      } else if (condition === "service_healthy" && !target.healthcheck) {
        scope.error(
          path,
          `${wanted} has no health check to wait for`,
          `Add a healthcheck to ${wanted}, or wait for service_started.`,
        );
      }
    }
  }
}

function checkCircles(scope: Scope, services: readonly ServiceSpec[]): void {
  const byName = new Map(services.map((service) => [service.name, service]));
  const done = new Set<string>();
  const visit = (service: ServiceSpec, way: readonly string[]): void => {
    const start = way.indexOf(service.name);
    if (start >= 0) {
      const circle = [...way.slice(start), service.name].join(" → ");
      scope.error(
        ["services", service.name, "depends_on"],
        `waits in a circle: ${circle}`,
        "Remove one of these dependencies.",
      );
      return;
    }
    if (done.has(service.name)) return;
    for (const { service: next } of service.dependsOn) {
      const target = byName.get(next);
      if (target && target !== service) visit(target, [...way, service.name]);
    }
    done.add(service.name);
  };
  for (const service of services) visit(service, []);
}

function checkHostPorts(scope: Scope, services: readonly ServiceSpec[]): void {
  const taken = new Map<number, { address: string; service: string }[]>();
  for (const { name, published } of services) {
    for (const { hostAddress, hostPort } of published) {
      if (hostPort === 0) continue;
      const others = taken.get(hostPort) ?? [];
      const other = others.find(({ address }) => address === hostAddress || isAny(address) || isAny(hostAddress));
      if (other) {
        const who = other.service === name ? "twice" : `by ${other.service} too`;
        scope.error(
          ["services", name, "ports"],
          `host port ${hostPort} is published ${who}`,
          "Give each its own host port.",
        );
      }
      taken.set(hostPort, [...others, { address: hostAddress, service: name }]);
    }
  }
}

function isAny(address: string): boolean {
  return address === ANY_ADDRESS || address === "0.0.0.0";
}

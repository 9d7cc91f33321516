// Services and workloads for tests: only what the test is about needs to be said.
import type { ServiceSpec } from "../../model/project.ts";
import type { Actual } from "./actual.ts";

export function aService(name: string, changes: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name,
    command: ["true"],
    environment: {},
    workingDirectory: "/",
    dependsOn: [],
    restart: { kind: "no" },
    replicas: 1,
    published: [],
    declaredPorts: [],
    limits: {},
    labels: {},
    version: "1",
    revision: "r1",
    stopSignal: "SIGTERM",
    stopGraceMs: 10_000,
    ...changes,
  };
}

/** running and ready, unless said otherwise; `id` gives service and key: `web-2` */
export function aWorkload(id: string, changes: Partial<Actual> = {}): Actual {
  const [, service = "", ordinal] = /^(.*)-(\d+)$/.exec(id) ?? [];
  const spec = changes.spec ?? aService(service);
  const state = changes.state ?? "running";
  return {
    key: Number(ordinal),
    id,
    service,
    revision: spec.revision,
    spec,
    state,
    health: "none",
    restarts: 0,
    hasStarted: state !== "waiting" && state !== "starting",
    isProven: state === "running",
    isReady: state === "running",
    ...changes,
  };
}

export function after(service: string, condition: "started" | "healthy" | "completed_successfully", required = true) {
  return { service, condition: `service_${condition}` as const, required };
}

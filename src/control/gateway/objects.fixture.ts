// Objects written as YAML, compiled as a project's are, for tests.
import type { Project, PublishedPort, ServiceSpec } from "../../model/project.ts";
import { type Allocation, compile, NOTHING_ALLOCATED } from "../compile.ts";
import { statusBoard } from "./board.ts";
import { objectReader } from "./read.ts";
import type { Condition, ObjectView } from "./view.ts";

/** Services cart, cart-v2 and web. */
export function shop(published: readonly PublishedPort[] = []): Project {
  const service = (name: string): ServiceSpec => ({
    name,
    command: ["a"],
    environment: {},
    workingDirectory: "/",
    dependsOn: [],
    restart: { kind: "no" },
    replicas: 1,
    published: published.filter((port) => port.service === name),
    declaredPorts: [],
    limits: {},
    labels: {},
    version: "1",
    revision: "1",
    stopSignal: "SIGTERM",
    stopGraceMs: 0,
  });
  return {
    name: "shop",
    directory: "/",
    services: ["cart", "cart-v2", "web"].map(service),
    egress: { allowed: true },
  };
}

export type Options = { readonly previous?: Allocation; readonly nowUs?: number; readonly project?: Project };

/** @throws what is wrong with the text */
export function compiled(text: string, { previous = NOTHING_ALLOCATED, nowUs = 1e6, project = shop() }: Options = {}) {
  const { objects, errors } = objectReader().read([{ name: "a.yaml", text, origin: "file" }], project.name);
  if (errors.length > 0) throw new Error(errors.join("\n"));
  const result = compile(project, objects, previous, nowUs);
  const board = statusBoard();
  const { findings, allocation, config } = result;
  board.update(
    {
      namespace: project.name,
      objects,
      findings,
      allocation: allocation.routing,
      version: config.version,
      refused: new Map(),
    },
    nowUs,
  );
  board.programmed(config.version, undefined, nowUs);
  const views = board.list();
  return { ...result, objects, views, view: (name: string) => views.find((one) => one.metadata.name === name) };
}

/** `Accepted=False NoMatchingParent` for each that is not as one would wish. */
export function wrong(conditions: readonly Condition[] = []): string[] {
  return conditions
    .filter(({ type, status }) => (status === "True") === (type === "Conflicted" || type === "PartiallyInvalid"))
    .map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

export function parentsOf(view: ObjectView | undefined): string[][] {
  return (view?.status.parents ?? []).map(({ conditions }) => wrong(conditions));
}

let count = 0;

export function httpRoute(spec: string, name = `route-${++count}`): string {
  const rules = spec.includes("rules:") ? "" : "rules: [{backendRefs: [{name: cart, port: 80}]}]";
  return object("gateway.networking.k8s.io/v1", "HTTPRoute", name, [spec, rules]);
}

export function tcpRoute(spec: string, name: string): string {
  const rules = "rules: [{backendRefs: [{name: cart, port: 80}]}]";
  return object("gateway.networking.k8s.io/v1alpha2", "TCPRoute", name, [spec, rules]);
}

export function gateway(spec: string, name = "front"): string {
  return object("gateway.networking.k8s.io/v1", "Gateway", name, ["gatewayClassName: meshwise", spec]);
}

export function policy(spec: string, name: string): string {
  return object("meshwise.dev/v1alpha1", "TrafficPolicy", name, [spec]);
}

function object(apiVersion: string, kind: string, name: string, spec: readonly string[]): string {
  const body = spec.filter(Boolean).join("\n").replace(/^/gm, "  ");
  return `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: {name: ${name}}\nspec:\n${body}\n---\n`;
}

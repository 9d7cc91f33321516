import { expect, test } from "bun:test";
import type { Project, PublishedPort, ServiceSpec } from "../model/project.ts";
import { compile, NOTHING_ALLOCATED } from "./compile.ts";

function service(name: string, published: readonly PublishedPort[] = []): ServiceSpec {
  return {
    name,
    command: ["a"],
    environment: {},
    workingDirectory: "/",
    dependsOn: [],
    restart: { kind: "no" },
    replicas: 1,
    published,
    declaredPorts: [],
    limits: {},
    labels: {},
    version: "1",
    revision: "1",
    stopSignal: "SIGTERM",
    stopGraceMs: 0,
  };
}

function project(...services: ServiceSpec[]): Project {
  return { name: "shop", directory: "/", services, egress: { allowed: true } };
}

function port(hostPort: number, more: Partial<PublishedPort> = {}): PublishedPort {
  return { hostAddress: "::", hostPort, service: "web", targetPort: 80, ...more };
}

const addresses = (config: { services: readonly { name: string; address: { v4: string } }[] }) =>
  Object.fromEntries(config.services.map(({ name, address }) => [name, address.v4]));

test("services are numbered from 1, and the number is the address", () => {
  const { config } = compile(project(service("web"), service("db")), [], NOTHING_ALLOCATED, 0);

  expect(config.services).toMatchObject([
    { key: 1, name: "web", namespace: "shop", address: { v4: "240.1.0.1", v6: "fd00:6d77:1::1" } },
    { key: 2, name: "db", namespace: "shop", address: { v4: "240.1.0.2", v6: "fd00:6d77:1::2" } },
  ]);
});

test("a service keeps its address when others come, go and change places", () => {
  const first = compile(project(service("web"), service("db")), [], NOTHING_ALLOCATED, 0);

  const second = compile(project(service("api"), service("db")), [], first.allocation, 0);
  const third = compile(project(service("db"), service("web")), [], JSON.parse(JSON.stringify(second.allocation)), 0);

  expect(addresses(second.config)).toEqual({ api: "240.1.0.3", db: "240.1.0.2" });
  expect(addresses(third.config)).toEqual({ db: "240.1.0.2", web: "240.1.0.1" });
});

test("each compilation has a higher version", () => {
  const first = compile(project(service("web")), [], NOTHING_ALLOCATED, 0);
  const second = compile(project(service("web")), [], first.allocation, 0);

  expect([first.config.version, second.config.version]).toEqual([1, 2]);
});

test("a published port keeps its listener until it is another port", () => {
  const first = compile(project(service("web", [port(80), port(81)])), [], NOTHING_ALLOCATED, 0);
  const second = compile(project(service("web", [port(81), port(82)])), [], first.allocation, 0);
  const third = compile(project(service("web", [port(81, { protocol: "tcp" })])), [], second.allocation, 0);

  expect(first.config.published.map(({ id }) => id)).toEqual([1, 2]);
  expect(second.config.published.map(({ id, hostPort }) => [id, hostPort])).toEqual([
    [2, 81],
    [3, 82],
  ]);
  expect(third.config.published.map(({ id }) => id)).toEqual([4]);
});

test("declared protocols are by the service's own port", () => {
  const { config } = compile(
    project(service("web", [port(8080, { protocol: "http" }), port(90)])),
    [],
    NOTHING_ALLOCATED,
    0,
  );

  expect(config.services[0]?.protocols).toEqual({ 80: "http" });
});

test("the same host port of one service may be published at two addresses", () => {
  const ports = [port(80, { hostAddress: "127.0.0.1" }), port(80, { hostAddress: "::1" })];
  const { config } = compile(project(service("web", ports)), [], NOTHING_ALLOCATED, 0);

  expect(new Set(config.published.map(({ id }) => id)).size).toBe(2);
});

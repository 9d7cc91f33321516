// Whether a sample has the shape of model/telemetry.ts. An agent of another version must get a reason, not crash us.
import { MeshError } from "../../base/errors/index.ts";
import { CHANGE_KINDS } from "../../model/change.ts";
import { RESOURCE_NAMES } from "../../model/resources.ts";
import type { Sample } from "../../model/telemetry.ts";

/** @throws MeshError batch_malformed that names the first field that is wrong */
export function checkSample(value: unknown): Sample {
  const sample = object(value, "the sample");
  text(sample.agent, "agent");
  number(sample.atUs, "atUs");
  text(sample.project, "project");
  list(sample.services, "services", (service, at) => {
    number(service.key, `${at}.key`);
    text(service.name, `${at}.name`);
    text(service.namespace, `${at}.namespace`);
    if (service.routes !== undefined) texts(service.routes, `${at}.routes`);
  });
  list(sample.workloads, "workloads", (workload, at) => {
    number(workload.key, `${at}.key`);
    for (const name of ["id", "service", "version", "state", "health"]) text(workload[name], `${at}.${name}`);
    number(workload.connections, `${at}.connections`);
    numbers(workload.readyPorts, `${at}.readyPorts`);
    numbers(workload.declaredPorts, `${at}.declaredPorts`);
    if (workload.resources !== undefined) resources(object(workload.resources, `${at}.resources`), `${at}.resources`);
  });
  list(sample.processes, "processes", (process, at) => {
    text(process.role, `${at}.role`);
    number(process.index, `${at}.index`);
    number(process.pid, `${at}.pid`);
    resources(process, at);
    if (process.pssBytes !== undefined) number(process.pssBytes, `${at}.pssBytes`);
  });
  if (sample.host !== undefined) resources(object(sample.host, "host"), "host");
  list(sample.changes ?? [], "changes", (change, at) => {
    number(change.atUs, `${at}.atUs`);
    for (const name of ["namespace", "service", "workload", "version", "text"]) text(change[name], `${at}.${name}`);
    if (!CHANGE_KINDS.some((kind) => kind === change.kind)) throw wrong(`${at}.kind`, "a kind of change");
  });
  const lost = object(sample.lost, "lost");
  number(lost.ring, "lost.ring");
  number(lost.upload, "lost.upload");
  return value as Sample;
}

type Fields = Record<string, unknown>;

function object(value: unknown, at: string): Fields {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw wrong(at, "an object");
  return value as Fields;
}

function list(value: unknown, at: string, each: (item: Fields, at: string) => void): void {
  if (!Array.isArray(value)) throw wrong(at, "a list");
  value.forEach((item, index) => {
    each(object(item, `${at}[${index}]`), `${at}[${index}]`);
  });
}

function text(value: unknown, at: string): void {
  if (typeof value !== "string") throw wrong(at, "a text");
}

function number(value: unknown, at: string): void {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw wrong(at, "a number, not negative");
}

function texts(value: unknown, at: string): void {
  if (!Array.isArray(value)) throw wrong(at, "a list of texts");
  value.forEach((item, index) => {
    text(item, `${at}[${index}]`);
  });
}

function numbers(value: unknown, at: string): void {
  if (!Array.isArray(value)) throw wrong(at, "a list of numbers");
  value.forEach((item, index) => {
    number(item, `${at}[${index}]`);
  });
}

function resources(of: Fields, at: string): void {
  for (const name of RESOURCE_NAMES) {
    if (of[name] !== undefined) number(of[name], `${at}.${name}`);
  }
}

function wrong(at: string, expected: string): MeshError {
  return new MeshError("batch_malformed", `${at} must be ${expected}`);
}

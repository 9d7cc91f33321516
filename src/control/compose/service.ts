// One service of a Compose file → ServiceSpec.
import { statSync } from "node:fs";
import { constants } from "node:os";
import { resolve } from "node:path";
import { OTLP_NAME, OTLP_PORTS } from "../../model/otlp-door.ts";
import type { Dependency, RestartPolicy, ServiceSpec } from "../../model/project.ts";
import type { Path } from "../yaml/problems.ts";
import { readCommand, readDuration, readHealthcheck } from "./command.ts";
import { readEnvironment, readLabels } from "./environment.ts";
import { readLimits, readReplicas } from "./limits.ts";
import { readPorts } from "./published.ts";
import type { RawService } from "./raw.ts";
import { revision } from "./revision.ts";
import { readRoutes } from "./routes.ts";
import type { Scope } from "./scope.ts";

const VERSION_LABEL = "app.kubernetes.io/version";
/** What a process needs of the environment it is started from to find programs and speak the user's language. */
const INHERITED = ["PATH", "HOME", "LANG", "LC_ALL", "TZ"];

export function readService(scope: Scope, name: string, raw: RawService): ServiceSpec {
  const path: Path = ["services", name];
  const { published, declared } = readPorts(scope, name, raw, path);
  const healthcheck = readHealthcheck(scope, raw.healthcheck, [...path, "healthcheck"]);
  const labels = readLabels(scope, raw, path);
  const versioned = {
    command: readCommand(scope, raw, path),
    environment: {
      ...(raw["x-meshwise"]?.otlp ? otlpEnvironment(name) : {}),
      ...readEnvironment(scope, raw, path),
    },
    workingDirectory: readWorkingDirectory(scope, raw, path),
    ...(healthcheck ? { healthcheck } : {}),
    restart: readRestart(raw.restart ?? "no"),
    declaredPorts: declared,
    ...(raw.user === undefined ? {} : { user: readUser(scope, String(raw.user), path) }),
    limits: readLimits(scope, raw, path),
    labels,
    stopSignal: readSignal(scope, raw.stop_signal ?? "SIGTERM", path),
    stopGraceMs: readDuration(scope, raw.stop_grace_period, [...path, "stop_grace_period"]) ?? 10_000,
  };
  const hash = revision(scope.directory, versioned, raw["x-meshwise"]?.files ?? []);
  const routes = readRoutes(scope, raw["x-meshwise"]?.routes ?? [], [...path, "x-meshwise", "routes"]);
  return {
    name,
    ...versioned,
    ...(routes.length > 0 && { routes }),
    environment: { ...inherited(scope), ...versioned.environment },
    dependsOn: readDependencies(raw),
    replicas: readReplicas(scope, raw, path),
    published,
    version: labels[VERSION_LABEL] || hash.slice(0, 8),
    revision: hash,
  };
}

function inherited(scope: Scope): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = scope.lookup(name);
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** What OpenTelemetry's SDKs read; what the service sets itself wins. */
function otlpEnvironment(service: string): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://${OTLP_NAME}:${OTLP_PORTS.http}`,
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_SERVICE_NAME: service,
  };
}

function readDependencies(raw: RawService): readonly Dependency[] {
  const { depends_on: written = [] } = raw;
  if (Array.isArray(written)) {
    return [...new Set(written)].map((service: string) => ({ service, condition: "service_started", required: true }));
  }
  return Object.entries(written).map(([service, { condition, required = true }]) => ({ service, condition, required }));
}

function readWorkingDirectory(scope: Scope, raw: RawService, path: Path): string {
  const directory = resolve(scope.directory, raw.working_dir ?? ".");
  if (raw.working_dir !== undefined && !isDirectory(directory)) {
    scope.error(
      [...path, "working_dir"],
      `${raw.working_dir} is not a folder`,
      "Create it; it is seen from the Compose file's folder.",
    );
  }
  return directory;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

function readRestart(raw: string): RestartPolicy {
  const [kind = "no", limit] = raw.split(":");
  if (kind === "on-failure") return { kind, ...(Number(limit) > 0 ? { maxAttempts: Number(limit) } : {}) };
  return { kind: kind === "always" || kind === "unless-stopped" ? kind : "no" };
}

function readUser(scope: Scope, user: string, path: Path): string {
  if (!/^[\w.-]+(:[\w.-]+)?$/.test(user)) {
    scope.error([...path, "user"], `"${user}" is not a user`, 'Write "uid", "uid:gid" or names, such as "1000:1000".');
  }
  return user;
}

function readSignal(scope: Scope, raw: string | number, path: Path): string {
  const signals = Object.entries(constants.signals);
  const text = String(raw).toUpperCase();
  const found = signals.find(([name, number]) => name === text || name === `SIG${text}` || String(number) === text);
  if (found) return found[0];
  scope.error([...path, "stop_signal"], `"${raw}" is not a signal`, "Write one such as SIGTERM or SIGINT.");
  return "SIGTERM";
}

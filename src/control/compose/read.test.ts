// What a good Compose file means.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Compose's syntax for variables
import { afterAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ServiceSpec } from "../../model/project.ts";
import { findComposeFile } from "./find.ts";
import { readCompose, readProjectName } from "./read.ts";

const folder = realpathSync(mkdtempSync(join(tmpdir(), "meshwise-compose-")));
afterAll(() => rmSync(folder, { recursive: true }));

let count = 0;
/** a folder of its own with these files */
function project(files: Record<string, string>): string {
  const directory = join(folder, `My-Shop.${++count}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(directory, name, ".."), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

function read(text: string, environment: Record<string, string> = {}, files: Record<string, string> = {}) {
  return readCompose(join(project({ ...files, "compose.yaml": text }), "compose.yaml"), environment);
}

/** the first service of a file */
function service(
  lines: string,
  environment: Record<string, string> = {},
  files: Record<string, string> = {},
): ServiceSpec {
  const text = `services:\n  web:\n${lines.replace(/^/gm, "    ")}\n`;
  return read(text, environment, files).project.services[0]!;
}

test("a service with only a command has Compose's defaults", () => {
  const web = service("command: node server.js", { PATH: "/bin", SECRET: "x" });

  expect(web).toMatchObject({
    name: "web",
    command: ["node", "server.js"],
    environment: { PATH: "/bin" },
    dependsOn: [],
    restart: { kind: "no" },
    replicas: 1,
    published: [],
    declaredPorts: [],
    limits: {},
    stopSignal: "SIGTERM",
    stopGraceMs: 10_000,
  });
  expect(web.healthcheck).toBeUndefined();
  expect(web.version).toBe(web.revision.slice(0, 8));
});

test("a full service is read in every part", () => {
  const web = service(
    `entrypoint: [/usr/bin/env, node]
command: ["server.js", 8080]
environment: {A: 1, B: "yes", C: true, D: }
depends_on: {}
healthcheck: {test: curl -f http://localhost, interval: 1m30s, timeout: 2s, retries: 5, start_period: 500ms}
restart: on-failure:3
deploy: {replicas: 2, resources: {limits: {cpus: "0.5", memory: 64M, pids: 20}}}
ports: ["8080:80", {target: 81, published: "9090", host_ip: 127.0.0.1, app_protocol: http}]
expose: ["3000", 3001-3002]
user: 1000
labels: [app.kubernetes.io/version=1.2.3, team=shop]
stop_signal: INT
stop_grace_period: 3s`,
    { D: "inherited" },
  );

  expect(web).toMatchObject({
    command: ["/usr/bin/env", "node", "server.js", "8080"],
    environment: { A: "1", B: "yes", C: "true", D: "inherited" },
    healthcheck: {
      test: ["/bin/sh", "-c", "curl -f http://localhost"],
      intervalMs: 90_000,
      timeoutMs: 2000,
      retries: 5,
      startPeriodMs: 500,
      startIntervalMs: 5000,
    },
    restart: { kind: "on-failure", maxAttempts: 3 },
    replicas: 2,
    limits: { cpus: 0.5, memoryBytes: 67_108_864, pids: 20 },
    published: [
      { hostAddress: "::", hostPort: 8080, service: "web", targetPort: 80 },
      { hostAddress: "127.0.0.1", hostPort: 9090, service: "web", targetPort: 81, protocol: "http" },
    ],
    declaredPorts: [80, 81, 3000, 3001, 3002],
    user: "1000",
    labels: { "app.kubernetes.io/version": "1.2.3", team: "shop" },
    version: "1.2.3",
    stopSignal: "SIGINT",
    stopGraceMs: 3000,
  });
});

test("dependencies have their conditions", () => {
  const { project } = read(`services:
  web: {command: a, depends_on: {db: {condition: service_healthy}, job: {condition: service_completed_successfully, required: false}}}
  api: {command: a, depends_on: [db, job]}
  db: {command: a, healthcheck: {test: ["CMD", "true"]}}
  job: {command: a}
`);

  expect(project.services[0]?.dependsOn).toEqual([
    { service: "db", condition: "service_healthy", required: true },
    { service: "job", condition: "service_completed_successfully", required: false },
  ]);
  expect(project.services[1]?.dependsOn.map(({ condition }) => condition)).toEqual([
    "service_started",
    "service_started",
  ]);
});

test("anchors and merges work as in Compose, own keys winning", () => {
  const { project } = read(`x-base: &base
  command: a
  environment: {A: base}
services:
  web: {<<: *base, environment: {A: own}}
  api: {<<: [*base, {command: never, user: "7"}]}
`);

  expect(project.services.map(({ command }) => command)).toEqual([["a"], ["a"]]);
  expect(project.services.map(({ environment }) => environment)).toEqual([{ A: "own" }, { A: "base" }]);
  expect(project.services[1]?.user).toBe("7");
});

test("variables come from the environment before .env, and become numbers where numbers stand", () => {
  const lines = 'command: run ${MODE}\nscale: ${COUNT}\nports: ["${PORT:-8080}:80"]\nenvironment: {N: "${COUNT}"}';

  const web = service(lines, { MODE: "fast" }, { ".env": "MODE=slow\nCOUNT=3\n" });

  expect(web.command).toEqual(["run", "fast"]);
  expect(web.replicas).toBe(3);
  expect(web.published[0]?.hostPort).toBe(8080);
  expect(web.environment).toEqual({ N: "3" });
});

test("an unset variable becomes nothing, with a warning that names its place", () => {
  const { warnings, project } = read("services:\n  web:\n    command: a $MISSING\n");

  expect(project.services[0]?.command).toEqual(["a"]);
  expect(warnings[0]).toEndWith(
    "compose.yaml:3:14: services.web.command: the variable MISSING is not set and becomes nothing. Set it in the environment or in .env, or write ${MISSING:-}.",
  );
});

test("keys without effect are warned of and x- keys are not", () => {
  const { warnings } = read("version: '3'\nx-a: 1\nservices:\n  web: {command: a, container_name: w, x-b: 2}\n");

  expect(warnings.map((line) => line.slice(line.indexOf("compose.yaml")))).toEqual([
    "compose.yaml:1:1: version: has no effect. Compose no longer uses it.",
    "compose.yaml:4:21: services.web.container_name: has no effect. A process has no container.",
  ]);
});

test("env_file values are overridden by environment, later files by nothing but that", () => {
  const files = { "a.env": "A=file-a\nB=file-a\nC=file-a\n", "b.env": "B=file-b\nC=file-b\n" };

  const web = service(
    "command: a\nenv_file: [a.env, {path: b.env}, {path: no.env, required: false}]\nenvironment: [C=own]",
    {},
    files,
  );

  expect(web.environment).toEqual({ A: "file-a", B: "file-b", C: "own" });
});

test("the project is named by the environment, the file, or the folder", () => {
  const text = "services: {web: {command: a}}\n";

  expect(read(text).project.name).toBe(`my-shop${count}`);
  expect(read(`name: shop\n${text}`).project.name).toBe("shop");
  expect(read(`name: shop\n${text}`, { COMPOSE_PROJECT_NAME: "other" }).project.name).toBe("other");
  expect(readProjectName(join(project({ "c.yaml": "name: ${N}\nbroken: 1\n" }), "c.yaml"), { N: "n1" })).toBe("n1");
});

test("services of a profile take part only when it is chosen", () => {
  const text = "services:\n  web: {command: a}\n  debug: {command: a, profiles: [tools]}\n";
  const names = (environment: Record<string, string>) =>
    read(text, environment).project.services.map(({ name }) => name);

  expect(names({})).toEqual(["web"]);
  expect(names({ COMPOSE_PROFILES: "x,tools" })).toEqual(["web", "debug"]);
  expect(names({ COMPOSE_PROFILES: "*" })).toEqual(["web", "debug"]);
});

test("egress is allowed unless it is switched off", () => {
  const text = "services: {web: {command: a}}\n";

  expect(read(text).project.egress.allowed).toBe(true);
  expect(read(`x-meshwise: {egress: off}\n${text}`).project.egress.allowed).toBe(false);
  expect(read(`x-meshwise: {egress: false}\n${text}`).project.egress.allowed).toBe(false);
});

test("a service that asks for it is told where its telemetry goes, and what it says itself wins", () => {
  const variables = (service: string) =>
    read(`services: {web: {command: a, ${service}}}\n`).project.services[0]?.environment;

  expect(variables("scale: 1")).not.toHaveProperty("OTEL_EXPORTER_OTLP_ENDPOINT");
  expect(variables("x-meshwise: {otlp: true}, environment: {OTEL_SERVICE_NAME: shop-web}")).toMatchObject({
    OTEL_EXPORTER_OTLP_ENDPOINT: "http://otlp.meshwise:4318",
    OTEL_EXPORTER_OTLP_PROTOCOL: "http/protobuf",
    OTEL_SERVICE_NAME: "shop-web",
  });
});

test("the nearest Compose file upwards is found, and an override beside it is not passed over", () => {
  const directory = project({ "compose.yml": "", "docker-compose.yaml": "", "deep/down/file": "" });

  expect(findComposeFile(join(directory, "deep/down"), {})).toBe(join(directory, "compose.yml"));
  expect(findComposeFile(directory, { COMPOSE_FILE: "other.yaml" })).toBe(join(directory, "other.yaml"));
  writeFileSync(join(directory, "compose.override.yaml"), "");
  expect(() => findComposeFile(directory, {})).toThrow("compose.override.yaml");
});

test("a revision changes with what the process is, and only with that", () => {
  const directory = project({ "compose.yaml": "", "server.js": "1", "lib/a.js": "1", "lib/b.css": "1" });
  const revision = (lines: string, environment: Record<string, string> = {}) => {
    const file = join(directory, "compose.yaml");
    writeFileSync(
      file,
      `services:\n  db: {command: a}\n  web: {command: node server.js, x-meshwise: {files: ["lib/**/*.js"]}, ${lines}}\n`,
    );
    return readCompose(file, environment).project.services[1]?.revision;
  };
  const first = revision("user: me");

  expect(revision("user: me, scale: 3, depends_on: [db], ports: []", { PATH: "/other" })).toBe(first);
  expect(revision("user: you")).not.toBe(first);
  expect(revision("user: me, environment: {A: b}")).not.toBe(first);
  writeFileSync(join(directory, "lib/b.css"), "2");
  expect(revision("user: me")).toBe(first);
  writeFileSync(join(directory, "lib/a.js"), "2");
  const second = revision("user: me");
  expect(second).not.toBe(first);
  writeFileSync(join(directory, "server.js"), "2");
  expect(revision("user: me")).not.toBe(second);
});

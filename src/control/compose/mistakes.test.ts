// What the user reads for every kind of mistake: the place and the exact words.
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: it is Compose's syntax for variables
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeshError } from "../../base/errors/index.ts";
import { readCompose } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "meshwise-compose-"));
beforeAll(() => mkdirSync(join(folder, "shop")));
afterAll(() => rmSync(folder, { recursive: true }));

/** the lines a user reads, without the path of the folder */
function mistakesOf(text: string, environment: Record<string, string> = {}): string[] {
  const file = join(folder, "shop", "compose.yaml");
  writeFileSync(file, text);
  try {
    readCompose(file, environment);
  } catch (thrown) {
    if (!(thrown instanceof MeshError) || thrown.code !== "compose_invalid") throw thrown;
    return thrown.message
      .trim()
      .split("\n")
      .map((line) => line.slice(line.indexOf("compose.yaml")));
  }
  return [];
}

/** a project of one service `web` whose keys are `lines` */
function web(...lines: string[]): string {
  return `services:\n  web:\n${lines.map((line) => `    ${line}\n`).join("")}`;
}

const table: readonly [fact: string, text: string, line: string][] = [
  ["tabs", "services:\n\tweb:\n", "2:1: YAML: tabs are not allowed as indentation. Indent with spaces"],
  ["one key twice", web("command: a", "command: b"), "4:5: YAML: this key is there twice. Keep one of the two"],
  [
    "two documents",
    `${web("command: a")}---\na: 1\n`,
    "4:1: YAML: a second document begins. Put one project in a file; remove the ---",
  ],
  [
    "an unknown anchor",
    web("command: a", "environment: *none"),
    "4:18: services.web.environment: the anchor &none does not exist. Define it above",
  ],
  ["no services", "name: shop\n", "1:1: (the whole file): services is missing. Add services"],
  [
    "an empty file",
    "",
    "1:1: (the whole file): must be a mapping, not empty. Write services: and beneath it at least one service with a command",
  ],
  [
    "services as a list",
    "services:\n  - web\n",
    '2:3: services: must be a mapping, not a list. Write "key: value" lines, indented',
  ],
  ["no service at all", "services: {}\n", "1:1: services: is empty. Add at least one service"],
  ["an unknown top key", `servces: {}\n${web("command: a")}`, '1:1: servces: unknown key. Did you mean "services"?'],
  ["an unknown key", web("comand: a", "command: a"), '3:5: services.web.comand: unknown key. Did you mean "command"?'],
  [
    "a key like no other",
    web("command: a", "zebra: 1"),
    "4:5: services.web.zebra: unknown key. Remove it, or let its name begin with x-",
  ],
  [
    "a bad service name",
    "services:\n  a b:\n    command: a\n",
    '2:3: services["a b"]: not a possible name. Write letters, digits, dots, - and _, at most 55',
  ],
  [
    "a name that means the host",
    "services:\n  localhost:\n    command: a\n",
    "3:5: services.localhost: this name means something else. Rename the service",
  ],
  [
    "a bad project name",
    `name: My Shop\n${web("command: a")}`,
    '1:7: name: "My Shop" is not allowed here. Write lower-case letters, digits, - and _, beginning with a letter or digit',
  ],
  [
    "no command",
    web("environment: {A: b}"),
    '3:5: services.web: has no command. Add one, such as command: ["node", "server.js"]',
  ],
  [
    "an image",
    web("image: nginx"),
    "3:5: services.web.image: not supported yet. Containers come later; remove it and give the service a command that this host can run",
  ],
  [
    "volumes",
    web("command: a", "volumes: [./a:/b]"),
    "4:5: services.web.volumes: not supported yet. Remove it: a process sees the host's files",
  ],
  [
    "networks",
    web("command: a", "networks: [back]"),
    "4:5: services.web.networks: not supported yet. Remove it: every service of a project reaches every other",
  ],
  [
    "include",
    `include: [a.yaml]\n${web("command: a")}`,
    "1:1: include: not supported yet. Put the services into this file",
  ],
  [
    "a pipe in a command",
    web("command: cat a | wc"),
    '3:14: services.web.command: | needs a shell, and a command is not run by one. Quote it if it is text, else write the command as a list: ["/bin/sh", "-c", "…"]',
  ],
  [
    "an open quote in a command",
    web("command: echo 'a"),
    "3:14: services.web.command: a ' has no end. Close it with ', or write the command as a list",
  ],
  [
    "a mapping as command",
    web("command: {a: b}"),
    "3:14: services.web.command: must be text or a list, not a mapping. Write one line, or a list of arguments",
  ],
  [
    "text where a list stands",
    web("command: a", "ports: 80"),
    '4:12: services.web.ports: must be a list, not 80. Begin each item with "- "',
  ],
  [
    "a port beyond the last",
    web("command: a", 'ports: ["80:70000"]'),
    '4:13: services.web.ports[0]: "70000" is not a port or a range of ports. Ports go from 1 to 65535',
  ],
  [
    "a range that descends",
    web("command: a", 'ports: ["82-80:82-80"]'),
    '4:13: services.web.ports[0]: "82-80" is not a port or a range of ports. Write the lower port first',
  ],
  [
    "ranges of different length",
    web("command: a", 'ports: ["80-82:80-81"]'),
    '4:13: services.web.ports[0]: "80-82:80-81" maps ranges of different length. Give both ranges the same number of ports',
  ],
  [
    "UDP",
    web("command: a", 'ports: ["53:53/udp"]'),
    '4:13: services.web.ports[0]: "udp" is not supported yet. Publish TCP ports only; UDP is not carried yet',
  ],
  [
    "a bad address",
    web("command: a", 'ports: ["1.2.3:80:80"]'),
    '4:13: services.web.ports[0]: "1.2.3" is not an IP address. Write "host:service", such as "8080:80", "127.0.0.1:8080:80" or "8080-8082:80-82"',
  ],
  [
    "a long port without target",
    web("command: a", "ports:", "  - published: 80"),
    "5:9: services.web.ports[0]: target is missing. Add target",
  ],
  [
    "one host port twice",
    `${web("command: a", 'ports: ["80:80"]')}  api:\n    command: a\n    ports: ["127.0.0.1:80:81"]\n`,
    "7:12: services.api.ports: host port 80 is published by web too. Give each its own host port",
  ],
  [
    "a bad exposed port",
    web("command: a", "expose: [http]"),
    '4:14: services.web.expose[0]: "http" is not a port or a range of ports. Write one such as "8080" or "3000-3005"',
  ],
  [
    "an unknown dependency",
    `${web("command: a", "depends_on: [bd]")}  db:\n    command: a\n`,
    '4:18: services.web.depends_on[0]: there is no service bd. Did you mean "db"?',
  ],
  [
    "waiting for oneself",
    web("command: a", "depends_on: [web]"),
    "4:18: services.web.depends_on[0]: a service cannot wait for itself. Remove it",
  ],
  [
    "a bad condition",
    `${web("command: a", "depends_on: {db: {condition: healthy}}")}  db:\n    command: a\n`,
    '4:34: services.web.depends_on.db.condition: "healthy" is not one of service_started, service_healthy, service_completed_successfully. Write service_started or service_healthy or service_completed_successfully',
  ],
  [
    "health without a check",
    `${web("command: a", "depends_on: {db: {condition: service_healthy}}")}  db:\n    command: a\n`,
    "4:22: services.web.depends_on.db: db has no health check to wait for. Add a healthcheck to db, or wait for service_started",
  ],
  [
    "a circle",
    `${web("command: a", "depends_on: [api]")}  api:\n    command: a\n    depends_on: [web]\n`,
    "4:17: services.web.depends_on: waits in a circle: web → api → web. Remove one of these dependencies",
  ],
  [
    "a bad duration",
    web("command: a", "healthcheck: {test: a, interval: 10 seconds}"),
    '4:38: services.web.healthcheck.interval: "10 seconds" is not a duration. Write one such as 500ms, 10s or 1m30s',
  ],
  [
    "a check without a test",
    web("command: a", "healthcheck: {interval: 1s}"),
    '4:18: services.web.healthcheck.test: a health check needs a test. Add test: ["CMD", "…"], or disable: true',
  ],
  [
    "a check without CMD",
    web("command: a", "healthcheck: {test: [curl, a]}"),
    '4:25: services.web.healthcheck.test: a test begins with CMD, CMD-SHELL or NONE, not "curl". Write ["CMD", "curl", …]',
  ],
  [
    "a bad restart",
    web("command: a", "restart: sometimes"),
    '4:14: services.web.restart: "sometimes" is not allowed here. Write no, always, unless-stopped, on-failure or on-failure:3',
  ],
  [
    "fewer than none",
    web("command: a", "deploy: {replicas: -1}"),
    "4:24: services.web.deploy.replicas: must be at least 0, not -1. Write a larger number",
  ],
  [
    "two numbers of replicas",
    web("command: a", "scale: 2", "deploy: {replicas: 3}"),
    "4:12: services.web.scale: differs from deploy.replicas. Keep one of the two",
  ],
  [
    "a bad size",
    web("command: a", "mem_limit: lots"),
    '4:16: services.web.mem_limit: "lots" is not a size. Write one such as 64m or 1gb',
  ],
  [
    "a bad number of cores",
    web("command: a", "cpus: half"),
    '4:11: services.web.cpus: "half" is not a number of cores. Write one such as 0.5',
  ],
  [
    "a bad signal",
    web("command: a", "stop_signal: SIGWHAT"),
    '4:18: services.web.stop_signal: "SIGWHAT" is not a signal. Write one such as SIGTERM or SIGINT',
  ],
  [
    "a missing folder",
    web("command: a", "working_dir: nowhere"),
    "4:18: services.web.working_dir: nowhere is not a folder. Create it; it is seen from the Compose file's folder",
  ],
  [
    "a missing env_file",
    web("command: a", "env_file: [no.env]"),
    "4:16: services.web.env_file[0]: no.env does not exist. Create it, or add required: false",
  ],
  [
    "a bad variable",
    web("command: a", "environment: [A B=c]"),
    '4:19: services.web.environment[0]: "A B=c" is not NAME=value. Write NAME=value without spaces around the =',
  ],
  [
    "a lone dollar",
    web("command: echo $1"),
    "3:19: services.web.command: a $ that begins no variable. Write $$ for a dollar sign, or ${NAME} for a variable",
  ],
  [
    "a required variable",
    web('command: "${CMD:?which one}"'),
    "3:15: services.web.command: the variable CMD is required: which one. Set CMD in the environment or in .env",
  ],
  [
    "a bad user",
    web("command: a", "user: a b"),
    '4:11: services.web.user: "a b" is not a user. Write "uid", "uid:gid" or names, such as "1000:1000"',
  ],
  [
    "a route with a star in the middle",
    `services: {a: {command: a, x-meshwise: {routes: [/p/*/q]}}}\n`,
    '1:50: services.a.x-meshwise.routes[0]: "/p/*/q" is not a route. Write a path whose variable segments are {name}, such as "/products/{slug}", or "/static/*" for all below',
  ],
  [
    "a bad policy",
    `x-meshwise: {egress: maybe}\n${web("command: a")}`,
    '1:22: x-meshwise.egress: "maybe" is not one of on, off. Write on or off',
  ],
];

test.each(table)("%s is named with its place and what to do", (_fact, text, line) => {
  expect(mistakesOf(text)).toEqual([`compose.yaml:${line}`]);
});

test("all mistakes of a file are shown at once, in the order of the file", () => {
  const text = `${web("command: a", "comand: b", "restart: 1")}  db:\n    image: x\n    ports: [x]\n  api:\n    depends_on: [dv, web]\n`;

  const keys = mistakesOf(text).map((line) => line.split(" ").slice(0, 2).join(" "));

  expect(keys).toEqual([
    "compose.yaml:4:5: services.web.comand:",
    "compose.yaml:5:14: services.web.restart:",
    "compose.yaml:7:5: services.db.image:",
    "compose.yaml:8:13: services.db.ports[0]:",
    "compose.yaml:10:5: services.api:",
    "compose.yaml:10:18: services.api.depends_on[0]:",
  ]);
});

test("a mistake in .env is named there", () => {
  writeFileSync(join(folder, "shop", ".env"), "A=1\nwhat is this\n");
  const file = join(folder, "shop", "compose.yaml");
  writeFileSync(file, web("command: a"));

  expect(() => readCompose(file, {})).toThrow(
    ".env:2:1: .env: not NAME=value. Write NAME=value, or # before a comment",
  );
  rmSync(join(folder, "shop", ".env"));
});

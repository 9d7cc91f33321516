// A whole project through the command line: up, ps, logs, run, stat, check, a change, down.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostState, LogLine } from "../../src/api/host-types.ts";
import type { Answer, EdgeRow, ProcessRow, StatRow, TapRow } from "../../src/api/types.ts";
import { isRunning, meshwise, type Ran, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

const folder = mkdtempSync(join(tmpdir(), "meshwise-cli-"));
const project = join(folder, "shop");
const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };

const SERVER = `
console.log("serving", process.env.GREETING);
Bun.serve({ hostname: "0.0.0.0", port: 8080, fetch: (request) => {
  const { pathname } = new URL(request.url);
  console.log("asked", pathname);
  return new Response(process.env.GREETING + "\\n", { status: pathname === "/bad" ? 500 : 200 });
} });
`;

function writeProject(greeting: string): void {
  const command = JSON.stringify([process.execPath, join(project, "server.ts")]);
  writeFileSync(
    join(project, "compose.yaml"),
    `services:
  web:
    command: ${command}
    environment: { GREETING: ${greeting} }
    ports: ["127.0.0.1::8080"]
    healthcheck: { test: ["CMD", "true"], interval: 200ms }
  job:
    command: ["sh", "-c", "echo job done"]
`,
  );
}

function ask(...args: readonly string[]): Promise<Ran> {
  return meshwise(args, { directory: project, environment });
}

async function state(): Promise<HostState> {
  return JSON.parse((await ask("ps", "-o", "json")).out) as HostState;
}

beforeAll(async () => {
  await Bun.write(join(project, "server.ts"), SERVER);
  writeProject("hello");
  const { code, out, err } = await ask("up", "-d");
  expect({ code, out, err: code === 0 ? "" : err }).toEqual({ code: 0, out: "", err: "" });
  expect(err).toMatch(/web:8080 is at http:\/\/127\.0\.0\.1:\d+\//);
}, 60_000);

afterAll(async () => {
  await ask("down");
  rmSync(folder, { recursive: true, force: true });
}, 30_000);

test("ps shows each workload and each process of the mesh with its memory", async () => {
  const { workloads, processes } = await eventually(async () => {
    const now = await state();
    return (
      new Set(now.processes.map(({ role }) => role)).size === 6 &&
      now.workloads.some(({ id, health }) => id === "web-1" && health === "healthy") &&
      now
    );
  });

  expect(workloads.map(({ service, state }) => [service, state]).sort()).toEqual([
    ["job", "exited"],
    ["web", "running"],
  ]);
  const roles = new Set(processes.map(({ role }) => role));
  expect([...roles].sort()).toEqual(["host", "observatory", "opener", "runner", "supervisor", "worker"]);
  for (const { pssBytes } of processes) expect(pssBytes).toBeGreaterThan(1_000_000);
  const { code, out } = await ask("ps", "-o", "wide");
  expect(code).toBe(0);
  expect(out).toContain("exited (0)");
  expect(out).toContain("supervisor");
}, 30_000);

test("the page's figures count the same processes, by the same pids", async () => {
  const named = ({ role, index, pid }: ProcessRow) => `${role} ${index} ${pid}`;
  const { apiUrl, processes } = await state();

  const rows = await eventually(async () => {
    const answer = (await (await fetch(`${apiUrl}/api/v1/processes`)).json()) as Answer<ProcessRow>;
    return answer.rows.length === processes.length && answer.rows;
  });

  expect(rows.map(named).sort()).toEqual(processes.map(named).sort());
}, 30_000);

test("run has the mesh's names, the caller's input, folder and environment, and passes output and exit code on", async () => {
  const script = 'read line; echo "$line $FROM_CALLER $PWD"; echo oops >&2; exit 7';

  const ran = await meshwise(["run", "--", "sh", "-c", script], {
    directory: project,
    environment: { ...environment, FROM_CALLER: "mine" },
    input: "given\n",
  });

  expect(ran).toEqual({ code: 7, out: `given mine ${project}\n`, err: "oops\n" });
}, 30_000);

test("run carries megabytes both ways, unchanged and in order", async () => {
  const input = Array.from({ length: 300_000 }, (_, index) => `${index}\n`).join("");

  const { code, out } = await meshwise(["run", "--", "cat"], { directory: project, environment, input });

  expect(code).toBe(0);
  expect(out === input).toBe(true);
}, 30_000);

test("run says what cannot be run, with a shell's exit code", async () => {
  const { code, err } = await ask("run", "--", "no-such-program");

  expect(code).toBe(127);
  expect(err).toContain("no-such-program");
}, 30_000);

test("Ctrl-C reaches the command that runs", async () => {
  const child = start(
    ["run", "--", "sh", "-c", "trap 'echo caught; exit 3' INT; echo ready; while :; do sleep 0.05; done"],
    {
      directory: project,
      environment,
    },
  );
  const reader = child.stdout.getReader();
  const decoder = new TextDecoder();
  expect(decoder.decode((await reader.read()).value)).toBe("ready\n");

  child.kill("SIGINT");

  expect(decoder.decode((await reader.read()).value)).toBe("caught\n");
  expect(await child.exited).toBe(3);
}, 30_000);

test("what a command asked is in stat, edges and tap a moment later", async () => {
  const fetches = 'for (const path of ["/a", "/a", "/bad"]) await (await fetch("http://web:8080" + path)).text()';
  const ran = await ask("run", "--", process.execPath, "-e", fetches);
  expect(ran).toMatchObject({ code: 0, err: "" });

  const rows = await eventually(async () => {
    const answer = JSON.parse((await ask("stat", "web", "-o", "json")).out) as Answer<StatRow>;
    return (answer.rows[0]?.requests ?? 0) >= 3 && answer.rows;
  });
  const edges = JSON.parse((await ask("edges", "-o", "json")).out) as Answer<EdgeRow>;
  const tap = await ask("tap", "--destination", "web", "--status", "5xx", "-o", "ndjson");

  expect(rows[0]).toMatchObject({ service: "web", failures: 1, meshed: { ready: 1, total: 1 } });
  expect(edges.rows.find(({ destination }) => destination === "web")).toMatchObject({
    port: 8080,
    protocol: "http/1.1",
  });
  expect(edges.rows.map(({ source }) => source)).toContain("run"); // gone by then, but not nameless
  expect((JSON.parse(tap.out) as TapRow).path).toBe("/bad");
}, 30_000);

test("a published port reaches the service", async () => {
  const { published } = await state();

  const response = await fetch(`http://127.0.0.1:${published[0]?.hostPort}/`);

  expect(await response.text()).toBe("hello\n");
}, 30_000);

test("logs are prefixed, cut to the last lines, chosen by service, and readable by programs", async () => {
  const [all, job, tail] = await Promise.all([
    ask("logs"),
    ask("logs", "job", "-o", "ndjson"),
    ask("logs", "--tail", "1", "web"),
  ]);

  expect(all.out).toMatch(/^web-1 +\| serving hello$/m);
  const lines = job.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LogLine);
  expect(lines.filter(({ stream }) => stream === "stdout").map(({ text }) => text)).toEqual(["job done"]);
  expect(tail.out.trimEnd().split("\n")).toHaveLength(1);
}, 30_000);

test("logs of a service that does not exist are a mistake, not silence", async () => {
  const { code, err } = await ask("logs", "wbe");

  expect(code).toBe(1);
  expect(err).toContain("wbe");
}, 30_000);

test("check finds the machine and the project sound", async () => {
  const { code, out } = await ask("check");

  expect(out.split("\n").filter((line) => line.startsWith("×"))).toEqual([]);
  expect(code).toBe(0);
  for (const group of ["processes", "telemetry", "workloads"]) expect(out).toContain(`\n${group}\n---`);
}, 30_000);

test.each(["config", "connections", "profile"])(
  "debug %s answers with a document",
  async (what) => {
    const { code, out, err } = await ask("debug", what);

    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(typeof JSON.parse(out)).toBe("object");
  },
  60_000,
);

test("up on a running project applies what changed, follows its logs, and Ctrl-C leaves it running", async () => {
  const before = await state();
  writeProject("changed");
  const child = start(["up"], { directory: project, environment });
  const decoder = new TextDecoder();
  let out = "";
  for await (const chunk of child.stdout) {
    out += decoder.decode(chunk);
    if (out.includes("serving changed")) break;
  }
  child.kill("SIGINT");

  expect(await child.exited).toBe(130);
  expect(await new Response(child.stderr).text()).toContain("`meshwise down`");
  const after = await eventually(async () => {
    const now = await state();
    // the old one has gone, too
    const [web, ...others] = now.workloads.filter(({ service }) => service === "web");
    const isNew = web?.key !== before.workloads.find(({ service }) => service === "web")?.key;
    return isNew && web?.state === "running" && others.length === 0 && now;
  });
  expect(after.pid).toBe(before.pid);
}, 60_000);

test("up with a mistake in the file changes nothing", async () => {
  const before = await state();
  writeFileSync(join(project, "compose.yaml"), "services: { web: { comand: x } }\n");

  const { code, err } = await ask("up", "-d");
  writeProject("changed");

  expect(code).toBe(1);
  expect(err).toContain("compose.yaml:1:");
  expect((await state()).workloads.map(({ key }) => key)).toEqual(before.workloads.map(({ key }) => key));
}, 60_000);

test("down works also with a mistake in the file, and nothing answers afterwards", async () => {
  const { pid } = await state();
  writeFileSync(join(project, "compose.yaml"), "services: [\n");

  const down = await ask("down");
  const ps = await ask("ps");

  expect(down).toMatchObject({ code: 0, out: "" });
  expect(isRunning(pid)).toBe(false);
  expect(ps.code).toBe(1);
  expect(existsSync(join(folder, "state", "shop", "host.sock"))).toBe(false);
}, 60_000);

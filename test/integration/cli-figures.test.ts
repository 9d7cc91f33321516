// stat, edges, tap and ps against a real observatory, fed as an agent feeds it, behind the host's real door.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostApi, type HostServer, serveHost } from "../../src/api/host-server.ts";
import type { HostState } from "../../src/api/host-types.ts";
import type { Answer, EdgeRow, HealthAnswer, SeriesAnswer, StatRow, TapRow } from "../../src/api/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import type { Span } from "../../src/model/span.ts";
import { stateDirectory } from "../../src/model/state-directory.ts";
import { meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { batchOf, sample, span } from "../support/telemetry.ts";

const OBSERVATORY = new URL("../../src/main/observatory.ts", import.meta.url).pathname;

const home = mkdtempSync(join(tmpdir(), "meshwise-cli-"));
const state = stateDirectory("shop", { MESHWISE_STATE_DIR: home });
const environment = { MESHWISE_STATE_DIR: home };
let observatory: Bun.Subprocess<"pipe", "pipe", "ignore">;
let door: HostServer;
let apiUrl: string | undefined;
let sequence = 0;

beforeAll(async () => {
  mkdirSync(state.root, { recursive: true });
  observatory = Bun.spawn([process.execPath, OBSERVATORY], {
    env: { ...process.env, MESHWISE_STATE: state.root, MESHWISE_API_PORT: "0" },
    stdio: ["pipe", "pipe", "ignore"],
  });
  const { value } = await observatory.stdout.getReader().read();
  apiUrl = (JSON.parse(new TextDecoder().decode(value)) as { apiUrl: string }).apiUrl;
  door = serveHost(state.hostSocket, { state: hostState } as unknown as HostApi);
  await upload("/ingest/sample", JSON.stringify(sample({ atUs: systemClock.nowUs() })));
  await upload("/ingest/spans", batchOf(exchanges(), sequence++));
});

afterAll(async () => {
  await door?.close();
  observatory?.kill();
  await observatory?.exited;
  rmSync(home, { recursive: true, force: true });
});

function hostState(): HostState {
  const { workloads, processes } = sample();
  return {
    project: "shop",
    composeFile: "/shop/compose.yaml",
    pid: process.pid,
    startedAtUs: systemClock.nowUs() - 100e6,
    rootless: true,
    ...(apiUrl !== undefined && { apiUrl }),
    gateways: [],
    published: [{ service: "web", targetPort: 8080, hostAddress: "127.0.0.1", hostPort: 9090 }],
    workloads,
    processes,
    limitations: ["limits are not enforced: start it as root"],
  };
}

/** 99 good ones and a failed one, web → cart */
function exchanges(): Span[] {
  const now = systemClock.nowUs();
  return Array.from({ length: 100 }, (_, index) =>
    span({
      startUs: now - 10_000_000 + index * 1000,
      end: 1000 * (index + 1),
      path: `/items/${index}`,
      status: index === 99 ? 503 : 200,
    }),
  );
}

async function upload(path: string, body: string | Uint8Array): Promise<void> {
  const response = await fetch(`http://observatory${path}`, {
    method: "POST",
    body,
    unix: state.ingestSocket,
  } as RequestInit);
  expect(response.status).toBe(204);
}

async function ask(...args: readonly string[]) {
  return meshwise([...args, "-p", "shop"], { environment });
}

test("stat shows one row per service with its success, rate and latencies", async () => {
  const { code, out } = await ask("stat");

  expect(code).toBe(0);
  const [titles, ...rows] = out.trimEnd().split("\n");
  expect(titles).toMatch(/^SERVICE +MESHED +SUCCESS +RPS +P50 +P95 +P99 +CONNS$/);
  expect(rows.map((row) => row.split(/ +/)[0])).toEqual(["cart", "pay", "stock", "web"]);
  expect(rows[0]).toMatch(/^cart +1\/1 +99\.00% +\d+\.\d +(49|50|51) ms +9\d ms +(99|100) ms +1$/);
  expect(rows[1]).toMatch(/^pay +1\/1 +- +0\.0 +- +- +- +2$/);
});

test("the same as JSON, as rows, as YAML, and for one service", async () => {
  const [json, rows, yaml, one] = await Promise.all([
    ask("stat", "-o", "json"),
    ask("stat", "-o", "ndjson"),
    ask("stat", "-o", "yaml"),
    ask("stat", "cart", "-o", "json"),
  ]);

  const answer = JSON.parse(json.out) as Answer<StatRow>;
  expect(answer.rows.find(({ service }) => service === "cart")).toMatchObject({ requests: 100, failures: 1 });
  expect(rows.out.trimEnd().split("\n")).toHaveLength(4);
  expect(yaml.out).toContain("service: cart");
  expect((JSON.parse(one.out) as Answer<StatRow>).rows.map(({ service }) => service)).toEqual(["cart"]);
});

test("a service that nobody knows has no rows, and is told so", async () => {
  const { code, out, err } = await ask("stat", "nosuch");

  expect({ code, out }).toEqual({ code: 0, out: "" });
  expect(err).toContain("No service named nosuch");
});

test("edges shows who calls whom", async () => {
  const [table, json] = await Promise.all([ask("edges"), ask("edges", "-o", "json")]);

  expect(table.out).toMatch(
    /^SOURCE +DESTINATION +PROTOCOL +SUCCESS +RPS +P50 +P95 +P99\nweb +cart:8080 +http\/1\.1 +99\.00% /,
  );
  expect((JSON.parse(json.out) as Answer<EdgeRow>).rows).toHaveLength(1);
});

test("tap shows the newest exchanges, one a line, and filters them", async () => {
  const [all, failed, slow, path] = await Promise.all([
    ask("tap", "-o", "ndjson"),
    ask("tap", "--status", "5xx"),
    ask("tap", "--slower-than", "95ms", "-o", "ndjson"),
    ask("tap", "--path", "/items/4", "-o", "ndjson", "--limit", "3"),
  ]);

  expect(all.out.trimEnd().split("\n")).toHaveLength(100);
  expect(failed.out).toMatch(/^\d\d:\d\d:\d\d\.\d{3} web-1 → cart-1:8080 GET \/items\/99 503 +100 ms\n$/);
  expect(slow.out.trimEnd().split("\n").length).toBeWithin(5, 7);
  expect(
    path.out
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as TapRow).path),
  ).toEqual(["/items/47", "/items/48", "/items/49"]);
});

test("tap follows what happens from now on until Ctrl-C", async () => {
  const child = start(["tap", "-f", "--path", "/live", "-o", "ndjson", "-p", "shop"], { environment });
  const reader = child.stdout.getReader();
  const first = reader.read();
  let isRead = false;
  void first.then(() => {
    isRead = true;
  });
  // It listens at some moment from now on: send until it heard one.
  await eventually(async () => {
    await upload(
      "/ingest/spans",
      batchOf([span({ startUs: systemClock.nowUs() - 2000, path: "/live/1" })], sequence++),
    );
    return isRead;
  });

  const line = new TextDecoder().decode((await first).value).split("\n")[0] ?? "";
  child.kill("SIGINT");

  expect((JSON.parse(line) as TapRow).path).toBe("/live/1");
  expect(await child.exited).toBe(130);
});

test("stat --watch appends a block each second where nobody watches, and ends with 130", async () => {
  const child = start(["stat", "--watch", "-p", "shop"], { environment });
  const decoder = new TextDecoder();
  let text = "";
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk);
    if (text.split("SERVICE").length > 2) break;
  }
  child.kill("SIGINT");

  expect(await child.exited).toBe(130);
  expect(text).not.toContain("\x1b");
});

test("on a terminal stat --watch redraws in place and gives the cursor back after Ctrl-C", async () => {
  const command = `stty cols 70 rows 8; exec "$0" stat --watch -p shop`;
  const child = Bun.spawn(
    ["script", "-qefc", `sh -c '${command}' "${new URL("../../bin/meshwise", import.meta.url).pathname}"`, "/dev/null"],
    {
      env: { ...process.env, ...environment, NO_COLOR: "", TERM: "xterm" },
      stdin: "pipe",
      stdout: "pipe",
      stderr: "ignore",
    },
  );
  const decoder = new TextDecoder();
  let text = "";
  let isInterrupted = false;
  for await (const chunk of child.stdout) {
    text += decoder.decode(chunk);
    if (isInterrupted || text.split("SERVICE").length <= 2) continue;
    isInterrupted = true;
    child.stdin.write("\x03");
    child.stdin.flush();
  }

  expect(await child.exited).toBe(130);
  expect(text).toContain("\x1b[?25l");
  expect(text).toMatch(/\x1b\[\d+A\ras of/);
  expect(text.trimEnd().endsWith("\x1b[?25h")).toBe(true);
});

test("ps shows workloads, below them the mesh's processes, and what this host cannot do on stderr", async () => {
  const { code, out, err } = await ask("ps");

  expect(code).toBe(0);
  expect(out).toMatch(
    /^ID +SERVICE +VERSION +STATE +HEALTH +RESTARTS +UPTIME +CPU +MEMORY +PORTS\nweb-1 +web +v1 +running +- +0 /,
  );
  expect(out).toContain("127.0.0.1:9090→8080");
  expect(out).toMatch(/\n\nMESH PROCESS +PID +CPU +PSS\nsupervisor +7 +5\.0 s +19 MiB\n\nThe mesh uses/);
  expect(err).toBe("note: limits are not enforced: start it as root\n");
});

test("what the observatory refuses is told with its reason", async () => {
  const { code, out, err } = await ask("tap", "--error", "no_such_code");

  expect({ code, out }).toEqual({ code: 1, out: "" });
  expect(err).toContain("error must be any or a code");
});

test("without an observatory the figures are missing, and it says that traffic is not affected", async () => {
  const url = apiUrl;
  apiUrl = undefined;
  const restarting = await ask("stat");
  apiUrl = "http://127.0.0.1:1";
  const gone = await ask("edges");
  apiUrl = url;

  for (const { code, out, err } of [restarting, gone]) {
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toContain("The observatory does not answer");
    expect(err).toContain("Traffic is not affected");
    expect(err.trimEnd().split("\n").length).toBeLessThanOrEqual(3);
  }
});

test("health is a sentence that names what is bad, and only then a failure", async () => {
  await upload("/ingest/sample", JSON.stringify(sample({ atUs: systemClock.nowUs() })));
  const { code, out } = await ask("health");
  const json = await ask("health", "-o", "json");

  expect(code).toBe(0);
  expect(out).toMatch(/^All 4 services are well, 1 failure in \d+ requests\.\n$/);
  expect((JSON.parse(json.out) as HealthAnswer).health.state).toBe("good");

  const startUs = systemClock.nowUs() - 2_000;
  const failed = Array.from({ length: 40 }, () => span({ startUs, service: 3, workload: 13, source: 12, status: 500 }));
  await upload("/ingest/spans", batchOf(failed, sequence++));

  const bad = await ask("health");

  expect(bad.code).toBe(1);
  expect(bad.out).toContain("pay fails 100 % of its requests (40 of 40), seen by cart.");
  expect(bad.out).toMatch(/^pay +bad +pay fails/m);
});

test("edges as many hops around a service as are asked for", async () => {
  const startUs = systemClock.nowUs() - 2_000;
  await upload("/ingest/spans", batchOf([span({ startUs, service: 3, workload: 13, source: 12 })], sequence++));

  const down = await ask("edges", "web", "--up", "0", "--down", "2", "-o", "json");
  const none = await ask("edges", "web", "--up", "3", "--down", "0", "-o", "json");
  const alone = await ask("edges", "--up", "3");

  const pairs = (text: string) =>
    (JSON.parse(text) as Answer<EdgeRow>).rows.map((row) => [row.source, row.destination]);
  expect(pairs(down.out)).toEqual([
    ["cart", "pay"],
    ["web", "cart"],
  ]);
  expect(pairs(none.out)).toEqual([]);
  expect(alone.code).toBe(2);
  expect(alone.err).toContain("need a service");
});

test("stat of a service over time has a row per step", async () => {
  const json = await ask("stat", "cart", "--step", "10s", "--since", "1m", "-o", "json");
  const table = await ask("stat", "cart", "--step", "10s", "--since", "1m");
  const wrong = await ask("stat", "cart", "--step", "1500ms");
  const alone = await ask("stat", "--step", "10s");

  const answer = JSON.parse(json.out) as SeriesAnswer;
  expect(answer.stepSeconds).toBe(10);
  expect(answer.rows.reduce((sum, row) => sum + row.requests, 0)).toBeGreaterThanOrEqual(100);
  expect(table.out).toMatch(/^TIME +SUCCESS +RPS +P50 +P95 +P99\n\d{4}-\d\d-\d\d \d\d:\d\d:\d0 /);
  expect([wrong.code, alone.code]).toEqual([1, 2]);
});

test("dashboard prints where the page is, and says so when the project does not run", async () => {
  const { code, out } = await ask("dashboard");
  const json = await ask("dashboard", "-o", "json");
  const other = await meshwise(["dashboard", "-p", "nothere"], { environment });

  expect({ code, out }).toEqual({ code: 0, out: `${apiUrl}/\n` });
  expect(JSON.parse(json.out)).toEqual({ project: "shop", url: `${apiUrl}/` });
  expect(other.code).toBe(1);
  expect(other.err).toContain("meshwise up");
});

test("ps says what the mesh itself costs", async () => {
  const { out } = await ask("ps");
  const json = await ask("ps", "-o", "json");

  expect(out).toMatch(
    /^The mesh uses \d+\.\d% of a core since the start, \d+\.\d% of all CPU that it and the workloads use\.$/m,
  );
  expect((JSON.parse(json.out) as { mesh: { cpuShare: number } }).mesh.cpuShare).toBeCloseTo(5 / 11);
});

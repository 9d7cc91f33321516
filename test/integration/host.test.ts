// The host process as the CLI meets it: real processes, sockets, sandboxes; only what runs inside them is a stand-in.
import { afterAll, afterEach, beforeEach, expect, test } from "bun:test";
import { existsSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ApplyEvent, LogLine, RunEvent, UpgradeEvent } from "../../src/api/host-types.ts";
import { eventually } from "../support/eventually.ts";
import {
  apply,
  ask,
  down,
  lines,
  logsOf,
  processesOf,
  stateOf,
  type TestHome,
  testHome,
} from "../support/host/start.ts";
import { sandboxed } from "../support/sandboxed.ts";

sandboxed(import.meta.path, () => {
  let home: TestHome;
  beforeEach(() => {
    home = testHome();
  });
  afterEach(() => home.remove());

  /** what a client of the published port reads */
  async function read(port: number, hostname = "127.0.0.1"): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    let text = "";
    await Bun.connect({
      hostname,
      port,
      socket: {
        data(_, bytes) {
          text += bytes;
        },
        close: () => resolve(text),
        error: (_, error) => reject(error),
      },
    });
    return promise;
  }

  const last = <Row>(rows: readonly Row[]) => rows.at(-1);
  const texts = (rows: readonly LogLine[]) => rows.map(({ text }) => text);

  test("a project comes up, is served on its published ports over both IP versions, and leaves nothing when it ends", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up, ports: ['80', '127.0.0.1::81']}"));

    expect(last(await apply(host))).toMatchObject({
      type: "done",
      text: expect.stringMatching(/^1 workload of 1 service is up/),
    });
    const state = await stateOf(host);
    expect(state).toMatchObject({ project: "shop", composeFile: host.file, pid: host.process.pid });
    expect(state.workloads.map(({ id }) => id)).toEqual(["web-1"]);
    expect(state.processes.map(({ role }) => role)).toEqual(["host", "observatory", "runner"]);
    const ports = state.published.map(({ hostPort }) => hostPort);
    expect(await read(ports[0]!)).toBe("hello from web");
    expect(await read(ports[0]!, "::1")).toBe("hello from web");
    expect(await read(ports[1]!)).toBe("hello from web");
    expect(statSync(host.state.hostSocket).mode & 0o777).toBe(0o600);
    expect(statSync(host.state.root).mode & 0o777).toBe(0o700);

    expect(last(await down(host))).toEqual({ type: "done", text: "shop has been stopped" });
    expect(await host.process.exited).toBe(0);
    expect(readdirSync(host.state.root).sort()).toEqual(["allocation.json", "config.json", "lock", "logs"]);
    expect(processesOf(home.folder)).toEqual([]);
  });

  test("the pids of processes in the sandbox are those of the host", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);

    const { processes } = await stateOf(host);

    const runner = processes.find(({ role }) => role === "runner");
    expect(processesOf("fake-runner.ts")).toContain(runner!.pid);
    expect(processes.find(({ role }) => role === "host")!.pssBytes).toBeGreaterThan(1e6);
  });

  test("a second start of a running project is refused and disturbs nothing", async () => {
    const file = home.compose("shop", "web: {command: up}");
    const first = await home.start(file);
    await apply(first);

    const second = await home.start(file);

    expect(second.report).toEqual({
      type: "error",
      code: "project_running",
      text: "The project is already running: shop. Use the running one, or end it with `meshwise down`.",
    });
    expect(await second.process.exited).toBe(1);
    expect((await stateOf(first)).workloads).toHaveLength(1);
  });

  test("the same project name from another folder is refused by the running one", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);
    const other = home.compose("other/shop", "web: {command: up}");

    expect(last(await apply(host, {}, other))).toMatchObject({ type: "error", code: "project_elsewhere" });
  });

  test("an upgrade is told step by step, with what became of it, and stands in the log", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);
    const upgrade = async (main: string, graceMs: unknown = 1000) => {
      const body = JSON.stringify({ program: { runtime: process.execPath, main }, graceMs });
      return ask(host, "/upgrade", { method: "POST", body });
    };

    const good = await lines<UpgradeEvent>(await upgrade(import.meta.path));
    const bad = await lines<UpgradeEvent>(await upgrade("/no/such/program"));

    expect(good.map(({ type }) => type)).toEqual(["progress", "progress", "done"]);
    expect(last(good)).toMatchObject({ upgraded: { from: "1", to: "2", cut: 0 } });
    expect(last(bad)).toMatchObject({ type: "error", code: "upgrade_failed" });
    expect((await upgrade("/x", "soon")).status).toBe(400);
    expect(texts(await logsOf(host, "service=mesh"))).toContain(last(good)!.text);
  });

  test("two projects run beside each other", async () => {
    const [one, two] = await Promise.all([
      home.start(home.compose("one", "web: {command: up, ports: ['80']}")),
      home.start(home.compose("two", "web: {command: up, ports: ['80']}")),
    ]);

    expect([last(await apply(one!)), last(await apply(two!))]).toMatchObject([{ type: "done" }, { type: "done" }]);
  });

  test("a port in use is named with its holder, and a host that never got to run ends by itself", async () => {
    const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const host = await home.start(home.compose("shop", `web: {command: up, ports: ['${holder.port}:80']}`));

    const event = last(await apply(host));

    expect(event).toMatchObject({ type: "error", code: "port_in_use" });
    expect(event?.text).toMatch(
      new RegExp(
        `^A port to publish is in use: port ${holder.port} for web, held by bun(\\.exe)? \\(process ${process.pid}\\)\\. `,
      ),
    );
    expect(await host.process.exited).toBe(0);
    expect(existsSync(host.state.hostSocket)).toBe(false);
    holder.stop(true);
  });

  test("a change that cannot be had changes nothing", async () => {
    const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const host = await home.start(home.compose("shop", "web: {command: up, ports: ['80']}"));
    await apply(host);
    const before = await stateOf(host);

    home.compose("shop", `api: {command: up, ports: ['81', '${holder.port}:80']}`);
    expect(last(await apply(host))).toMatchObject({ type: "error", code: "port_in_use" });
    home.compose("shop", "api: {comand: up}");
    expect(last(await apply(host))).toMatchObject({ type: "error", code: "compose_invalid" });

    const after = await stateOf(host);
    expect(after.published).toEqual(before.published);
    expect(after.workloads).toEqual(before.workloads);
    expect(await read(after.published[0]!.hostPort)).toBe("hello from web");
    holder.stop(true);
  });

  test("a host port moves from one service to another", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up, ports: ['18080:80']}\napi: {command: up}"));
    await apply(host);

    home.compose("shop", "web: {command: up}\napi: {command: up, ports: ['18080:80']}");
    expect(last(await apply(host))).toMatchObject({ type: "done" });

    expect((await stateOf(host)).published).toEqual([
      { service: "api", targetPort: 80, hostAddress: "::", hostPort: 18080 },
    ]);
    expect(texts(await logsOf(host, "service=mesh-test"))).toEqual(["unpublished 1"]);
  });

  test("while something is awaited, what it is and its last log line are said each second", async () => {
    const gate = join(home.folder, "gate");
    const host = await home.start(home.compose("shop", `db: {command: slow ${gate}}\nweb: {command: up}`));
    const events: ApplyEvent[] = [];
    const response = await ask(host, "/apply", {
      method: "POST",
      body: JSON.stringify({ composeFile: host.file, environment: {} }),
    });

    for await (const chunk of response.body!) {
      events.push(
        ...new TextDecoder()
          .decode(chunk)
          .split("\n")
          .filter(Boolean)
          .map((line) => JSON.parse(line)),
      );
      if (events.length === 2) writeFileSync(gate, "");
    }

    expect(events.slice(0, 2)).toEqual(
      Array(2).fill({
        type: "progress",
        text: "db-1: its health check has not passed yet; last log line: db begins with {}",
      }),
    );
    expect(last(events)).toMatchObject({ type: "done" });
  });

  test("a workload that cannot start is named with the reason", async () => {
    const host = await home.start(home.compose("shop", "web: {command: fail}\napi: {command: up}"));

    expect(last(await apply(host))).toEqual({
      type: "error",
      code: "workloads_failed",
      text: "Not everything could be started: web-1: there is no program `fail`; last log line: web begins with {}. See `meshwise ps` and `meshwise logs`.",
    });
    expect((await stateOf(host)).workloads).toHaveLength(2); // the rest runs on, as with Compose
  });

  test("warnings of the Compose file come before the end", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up, container_name: w}"));

    expect((await apply(host)).map(({ type }) => type)).toEqual(["warning", "done"]);
  });

  test("the end of the parent's pipe ends the project", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"), { followParent: true });
    await apply(host);

    (host.process.stdin as Bun.FileSink).end();

    expect(await host.process.exited).toBe(0);
    expect(processesOf(home.folder)).toEqual([]);
    expect(existsSync(host.state.hostFile)).toBe(false);
  });

  test.each(["SIGTERM", "SIGINT"] as const)("%s ends the project", async (signal) => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);

    host.process.kill(signal);

    expect(await host.process.exited).toBe(0);
    expect(processesOf(home.folder)).toEqual([]);
  });

  test("a second signal ends at once what does not want to stop", async () => {
    const host = await home.start(home.compose("shop", "web: {command: stubborn}"));
    await apply(host);

    host.process.kill("SIGTERM");
    await eventually(() => !existsSync(host.state.hostFile));
    expect(host.process.exitCode).toBeNull();
    host.process.kill("SIGTERM");

    expect(await host.process.exited).toBe(0);
    // the kernel ends what was in the sandbox; nobody waits for it any more
    await eventually(() => processesOf(home.folder).length === 0);
  });

  test("a start while the last one still ends waits for that and then works", async () => {
    const file = home.compose("shop", "web: {command: up}");
    const first = await home.start(file);
    await apply(first);

    const ending = down(first);
    const next = await home.start(file);

    expect(last(await ending)).toMatchObject({ type: "done" });
    expect(next.report.type).toBe("listening");
    expect(last(await apply(next))).toMatchObject({ type: "done" });
  });

  test("kill -9 of the host ends everything, and the next start works", async () => {
    const file = home.compose("shop", "web: {command: up}");
    const host = await home.start(file);
    await apply(host);

    host.process.kill("SIGKILL");

    await eventually(() => processesOf(home.folder).length === 0);
    const next = await home.start(file);
    expect(next.report.type).toBe("listening");
    expect(last(await apply(next))).toMatchObject({ type: "done" });
  });

  test("a sandbox that dies is started again with everything that was desired", async () => {
    const host = await home.start(home.compose("shop", "web: {command: die, ports: ['80']}"));

    const events = await apply(host);

    expect(events[0]).toMatchObject({ type: "warning", text: expect.stringContaining("died as it was told") });
    expect(last(events)).toMatchObject({ type: "done" });
    expect(await read((await stateOf(host)).published[0]!.hostPort)).toBe("hello from web");
  });

  test("a sandbox that never works is given up with its last words", async () => {
    const file = home.compose("shop", "web: {command: up}");
    const root = join(home.folder, "state", "shop");
    Bun.spawnSync(["mkdir", "-p", root]);
    writeFileSync(join(root, "broken-sandbox"), "");
    const host = await home.start(file);

    expect(last(await apply(host))).toMatchObject({
      type: "error",
      code: "sandbox_ended",
      text: expect.stringContaining("no namespaces for you"),
    });
    expect(await host.process.exited).toBe(0);
  });

  test("the observatory is started again when it dies", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);
    const pid = () => stateOf(host).then(({ processes }) => processes.find(({ role }) => role === "observatory")?.pid);
    const first = await eventually(pid);

    process.kill(first, "SIGKILL");

    await eventually(async () => ![undefined, first].includes(await pid()) && (await stateOf(host)).apiUrl);
  });

  test("a command's output, input, signals and exit code are passed on", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);
    const run = (command: string[]) =>
      ask(host, "/run", { method: "POST", body: JSON.stringify({ command, workingDirectory: "/", environment: {} }) });

    expect(await lines<RunEvent>(await run(["echo", "a", "b"]))).toEqual([
      { type: "started", id: 1 },
      { type: "stdout", data: Buffer.from("a b\n").toString("base64") },
      { type: "exit", exitCode: 7 },
    ]);
    const cat = run(["cat"]);
    await eventually(async () => (await ask(host, "/run/2/input", { method: "POST", body: "hello" })).status === 204);
    expect((await lines<RunEvent>(await cat)).slice(1)).toEqual([
      { type: "stderr", data: Buffer.from("hello").toString("base64") },
      { type: "exit", exitCode: 0 },
    ]);
    const sleep = run(["sleep"]);
    await eventually(async () => (await ask(host, "/run/3/signal?name=INT", { method: "POST" })).status === 204);
    expect(last(await lines<RunEvent>(await sleep))).toEqual({ type: "exit", exitCode: 129 });
    expect(texts(await logsOf(host, "service=mesh-test"))).toEqual(["run 3 got SIGINT"]);
    expect((await ask(host, "/run/9/signal?name=INT", { method: "POST" })).status).toBe(404);
  });

  test("a client that goes away hangs up on its command", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);
    const client = new AbortController();
    const body = JSON.stringify({ command: ["sleep"], workingDirectory: "/", environment: {} });
    const response = await ask(host, "/run", { method: "POST", body, signal: client.signal });
    await response.body!.getReader().read();

    client.abort();

    await eventually(async () => texts(await logsOf(host, "service=mesh-test")).includes("run 1 got SIGHUP"));
  });

  test("debug questions reach the workers", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));
    await apply(host);

    expect(await (await ask(host, "/debug/connections")).json()).toEqual({ asked: "connections" });
    expect((await ask(host, "/debug/secrets")).status).toBe(404);
  });

  test("a malformed request is refused in words", async () => {
    const host = await home.start(home.compose("shop", "web: {command: up}"));

    const response = await ask(host, "/apply", { method: "POST", body: "{}" });

    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      detail: expect.stringContaining("composeFile and environment expected"),
    });
  });

  test("a call to the outside is connected from the host's own network and handed in", async () => {
    Bun.spawnSync(["ip", "address", "add", "198.51.100.7/32", "dev", "lo"]);
    const outside = Bun.listen({
      hostname: "198.51.100.7",
      port: 0,
      socket: { open: (s) => void s.write("from outside"), data() {} },
    });
    const host = await home.start(home.compose("shop", `web: {command: egress 198.51.100.7 ${outside.port}}`));
    await apply(host);

    await eventually(async () => texts(await logsOf(host)).includes("egress said from outside"));
    await eventually(async () => texts(await logsOf(host)).includes("resolved NOERROR 127.0.0.1"));
    outside.stop(true);
  });

  test.each([
    ["127.0.0.1", /forbidden: 127\.0\.0\.1: loopback of the host/],
    ["::ffff:127.0.0.1", /forbidden: ::ffff:127\.0\.0\.1: /],
    ["169.254.169.254", /forbidden: 169\.254\.169\.254: link-local/],
    ["not-an-address", /forbidden: not-an-address: not an IP address/],
    ["203.0.113.9", /egress unreachable: /],
  ])("a call to %s is answered with its reason", async (address, reason) => {
    const host = await home.start(home.compose("shop", `web: {command: "egress ${address} 80"}`));
    await apply(host);

    await eventually(async () => texts(await logsOf(host)).some((text) => reason.test(text)));
  });

  test("calls to the outside can be switched off", async () => {
    const host = await home.start(home.compose("shop", "web: {command: egress 198.51.100.7 80}"));
    writeFileSync(host.file, "x-meshwise: {egress: off}\nservices: {web: {command: egress 198.51.100.7 80}}\n");
    await apply(host);

    await eventually(async () =>
      texts(await logsOf(host)).some((text) => text.includes("calls to the outside are switched off")),
    );
  });

  test("a full disk, a read-only directory and a long path are said in one sentence", async () => {
    const file = home.compose("shop", "web: {command: up}");
    const mounted = join(home.folder, "mounted");
    Bun.spawnSync(["mkdir", mounted]);
    afterAll(() => void Bun.spawnSync(["umount", mounted]));
    const reports: unknown[] = [];

    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", mounted]);
    Bun.spawnSync(["sh", "-c", `head -c 1m /dev/zero > ${mounted}/fill`]);
    reports.push((await home.start(file, { stateHome: mounted })).report);
    Bun.spawnSync(["umount", mounted]);
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", mounted]);
    reports.push((await home.start(file, { stateHome: mounted })).report);
    Bun.spawnSync(["umount", mounted]);
    reports.push((await home.start(file, { stateHome: join(home.folder, "x".repeat(100)) })).report);

    expect(reports).toMatchObject([
      {
        type: "error",
        code: "state_full",
        text: `The disk of the state directory is full: ${mounted}/shop. Free some space, or name another directory with MESHWISE_STATE_DIR.`,
      },
      {
        type: "error",
        code: "state_unwritable",
        text: expect.stringMatching(
          /^The state directory cannot be written: .*\/mounted\/shop \(EROFS: read-only file system\)\. /,
        ),
      },
      {
        type: "error",
        code: "state_path_long",
        text: expect.stringContaining("longer than the 107 bytes that Linux allows"),
      },
    ]);
  });

  test("a disk that fills up later refuses a change and keeps what runs", async () => {
    const mounted = join(home.folder, "mounted");
    Bun.spawnSync(["mkdir", mounted]);
    Bun.spawnSync(["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mounted]);
    const host = await home.start(home.compose("shop", "web: {command: up}"), { stateHome: mounted });
    await apply(host);
    Bun.spawnSync(["sh", "-c", `head -c 1m /dev/zero > ${mounted}/fill`]);

    home.compose("shop", "web: {command: up}\napi: {command: up}");
    expect(last(await apply(host))).toMatchObject({ type: "error", code: "state_full" });

    expect((await stateOf(host)).workloads.map(({ service }) => service)).toEqual(["web"]);
    rmSync(join(mounted, "fill"));
    expect(last(await apply(host))).toMatchObject({ type: "done" });
    await down(host);
    await host.process.exited;
    Bun.spawnSync(["umount", mounted]);
  });
});

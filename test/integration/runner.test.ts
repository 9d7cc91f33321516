// A project's life in the runner, with the real agent and real processes.
import { afterEach, beforeEach, describe, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { treeOf } from "../../src/platform/process/processes.ts";
import { after, aService } from "../../src/platform/process/spec.fixture.ts";
import { eventually } from "../support/eventually.ts";
import { canBeOrdinary } from "../support/launch-site.ts";
import { type RunnerSite, runnerSite } from "../support/runner-site.ts";

/** a server that answers with `text` from `delayMs` after its start on */
const serve = (text: string, { port = 8080, delayMs = 0 } = {}) => [
  process.execPath,
  "-e",
  `setTimeout(() => Bun.serve({ port: ${port}, fetch: () => new Response(${JSON.stringify(text)}) }), ${delayMs})`,
];
const sh = (script: string) => ["sh", "-c", script];
const everySecond = {
  intervalMs: 1000,
  timeoutMs: 1000,
  retries: 2,
  startPeriodMs: 0,
  startIntervalMs: 1000,
};

describe.skipIf(!canBeOrdinary)("a project", () => {
  let site: RunnerSite;
  const service = (name: string, changes: Parameters<typeof aService>[1]) =>
    aService(name, { workingDirectory: site.directory, ...changes });
  beforeEach(() => {
    site = runnerSite();
  });
  afterEach(() => site.close());
  const comesToRest = (version: number) => eventually(() => site.settled(version), { withinMs: 20_000 });
  const before = (first: string, second: string) => site.history.indexOf(first) < site.history.indexOf(second);

  test("starts each service when its dependencies are as it wants them", async () => {
    const db = service("db", {
      command: sh("sleep 0.5; touch /run/ready; exec sleep 100"),
      healthcheck: { ...everySecond, test: sh("[ -e /run/ready ]") },
    });
    const task = service("task", { command: sh("sleep 0.3; echo done") });
    const web = service("web", {
      command: ["sleep", "100"],
      dependsOn: [after("db", "healthy"), after("task", "completed_successfully")],
    });

    const { failed } = await comesToRest(site.desire([task, db, web]));

    expect(failed).toEqual([]);
    expect(before("db-1 running healthy", "web-1 starting")).toBeTrue();
    expect(before("task-1 exited", "web-1 starting")).toBeTrue();
    expect(site.log("task", "task-1")).toEqual(["stdout: done", "mesh: exit code 0"]);
  });

  test("comes to rest with what failed, and why", async () => {
    const services = [
      service("lost", { command: ["nosuchthing"] }),
      service("needy", { command: ["true"], dependsOn: [after("lost", "started")] }),
      service("sick", { command: ["sleep", "100"], healthcheck: { ...everySecond, test: sh("echo no disk; exit 1") } }),
      service("who", { command: ["true"], user: "no-such-user" }),
      service("loop", { command: sh("echo oh no >&2; exit 3"), restart: { kind: "always" } }),
    ];

    const { failed } = await comesToRest(site.desire(services));

    expect([...failed].sort()).toEqual(["lost-1", "loop-1", "needy-1", "sick-1", "who-1"].sort());
    expect(site.status("lost-1")?.reason).toStartWith("command not found: nosuchthing; PATH was ");
    expect(site.status("needy-1")?.reason).toStartWith("waits for lost to start (lost-1 is failed: command not found");
    expect(site.status("sick-1")?.reason).toBe("the healthcheck failed: no disk");
    expect(site.status("who-1")?.reason).toContain("no-such-user");
    expect(site.status("loop-1")?.reason).toStartWith("exit code 3: oh no");
    expect(site.status("loop-1")?.restarts).toBeGreaterThanOrEqual(3);
  });

  test("changes only what differs, and a replica goes when its successor listens", async () => {
    const db = service("db", { command: ["sleep", "100"] });
    const web = service("web", { command: serve("one"), declaredPorts: [8080], replicas: 2 });
    await comesToRest(site.desire([db, web]));
    await eventually(async () => (await site.run(["curl", "-s", "http://web:8080/"])).stdout === "one");
    const keys = site.statuses().map(({ key }) => key);
    const dbPid = site.status("db-1")?.pid;
    site.history.length = 0;

    await comesToRest(site.desire([db, { ...web, revision: "r2", command: serve("two", { delayMs: 300 }) }]));

    expect(site.status("db-1")?.pid).toBe(dbPid as number);
    const fresh = site.statuses().filter(({ service: name }) => name === "web");
    expect(fresh.map(({ revision }) => revision)).toEqual(["r2", "r2"]);
    for (const { key } of fresh) expect(key).toBeGreaterThan(Math.max(...keys));
    expect(before("web-3 running", "web-2 stopping")).toBeTrue();
    expect(before("web-4 running", "web-1 stopping")).toBeTrue();
    expect((await site.run(["curl", "-s", "http://web:8080/"])).stdout).toBe("two");
  }, 40_000);

  test("keeps what serves when its successor cannot be started", async () => {
    const web = service("web", { command: serve("one"), declaredPorts: [8080] });
    await comesToRest(site.desire([web]));

    const { failed } = await comesToRest(site.desire([{ ...web, revision: "r2", command: ["nosuchthing"] }]));

    expect(failed).toEqual(["web-2"]);
    expect(site.status("web-1")?.state).toBe("running");
  });

  test("tries again what failed when it is asked for again", async () => {
    const once = service("once", { command: sh("[ -e mark ] || exit 4; sleep 100") });
    expect((await comesToRest(site.desire([once]))).failed).toEqual(["once-1"]);
    await Bun.write(`${site.directory}/mark`, "");

    expect((await comesToRest(site.desire([once]))).failed).toEqual([]);
  });

  test("runs a command in the mesh: its input, its output, its exit code", async () => {
    const web = service("web", { command: serve("hello"), declaredPorts: [8080] });
    await comesToRest(site.desire([web]));
    await eventually(async () => (await site.run(["curl", "-s", "http://web:8080/"])).stdout === "hello");

    expect(await site.run(sh("tr a-z A-Z; hostname; exit 9"), "some words\n")).toMatchObject({
      exitCode: 9,
      stdout: expect.stringMatching(/^SOME WORDS\nrun-\d+\n$/),
    });
    expect(await site.run(["nosuchthing"])).toMatchObject({
      exitCode: 127,
      reason: expect.stringContaining("not found"),
    });
    expect(site.statuses().map(({ id }) => id)).toEqual(["web-1"]);
  });

  test("lives on when its supervisor is killed, and is served by the next one", async () => {
    const web = service("web", { command: serve("hello"), declaredPorts: [8080] });
    await comesToRest(site.desire([web]));
    const pid = site.status("web-1")?.pid;
    const supervisor = treeOf(site.pid).find((one) => /main\/supervisor\.ts/.test(commandLine(one)));

    process.kill(supervisor as number, "SIGKILL");

    await eventually(() => site.messages.some((one) => one.type === "event" && one.text.includes("supervisor died")));
    await eventually(async () => (await site.run(["curl", "-s", "http://web:8080/"])).stdout === "hello");
    expect(site.status("web-1")).toMatchObject({ pid: pid as number, restarts: 0 });
  }, 30_000);

  test("stops in reverse order, each by its signal, and ends", async () => {
    const polite = (name: string) => sh(`trap "echo ${name} ends; exit 0" INT; echo set; while :; do sleep 0.05; done`);
    const db = service("db", { command: polite("db"), stopSignal: "SIGINT" });
    const web = service("web", { command: polite("web"), stopSignal: "SIGINT", dependsOn: [after("db", "started")] });
    const stubborn = service("stubborn", {
      command: sh("trap '' TERM; while :; do sleep 0.05; done"),
      stopGraceMs: 200,
    });
    await comesToRest(site.desire([db, web, stubborn]));
    await eventually(() =>
      [site.log("db", "db-1"), site.log("web", "web-1")].every((log) => log.includes("stdout: set")),
    );

    site.send({ type: "down" });

    expect(await site.exited).toBe(0);
    expect(before("web-1 stopping", "db-1 stopping")).toBeTrue();
    expect(site.log("db", "db-1")).toContain("stdout: db ends");
    expect(site.log("stubborn", "stubborn-1").join()).toContain("still there 200 ms after SIGTERM: killed");
  });
});

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ");
  } catch {
    return "";
  }
}

// `meshwise up` in the foreground: how it ends, and that nothing stays behind however it ends.
import { expect, test } from "bun:test";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { Answer, ResourcesAnswer, StatRow } from "../../src/api/types.ts";
import { systemClock } from "../../src/base/clock.ts";
import { type CommandOptions, inFolder, isRunning, meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

type Up = {
  readonly child: ReturnType<typeof start>;
  /** what it printed so far */
  readonly out: () => string;
  readonly err: () => string;
  readonly hostPid: number;
  readonly options: CommandOptions;
};

async function withUp(command: readonly string[], use: (up: Up) => Promise<void>): Promise<void> {
  await inFolder(async (folder) => {
    const project = join(folder, "p");
    mkdirSync(project);
    const options = {
      directory: project,
      environment: { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" },
    };
    writeFileSync(join(project, "compose.yaml"), `services: { one: { command: ${JSON.stringify(command)} } }\n`);
    const child = start(["up"], options);
    const out = collect(child.stdout);
    const err = collect(child.stderr);
    try {
      await eventually(() => out().includes("one-1 | ready"), { withinMs: 30_000 }).catch((cause: Error) => {
        throw new Error(`it is not ready; it said: ${out()}${err()}`, { cause });
      });
      const { pid } = JSON.parse((await meshwise(["ps", "-o", "json"], options)).out) as HostState;
      await use({ child, out, err, hostPid: pid, options });
    } finally {
      child.kill("SIGKILL");
      await meshwise(["down"], options);
    }
  });
}

function collect(stream: ReadableStream<Uint8Array>): () => string {
  let text = "";
  void (async () => {
    const decoder = new TextDecoder();
    for await (const chunk of stream) text += decoder.decode(chunk, { stream: true });
  })();
  return () => text;
}

test("what workloads and the host use comes to the observatory while they run", async () => {
  await withUp(["sh", "-c", "echo ready; while :; do :; done"], async ({ options }) => {
    const state = async () => JSON.parse((await meshwise(["ps", "-o", "json"], options)).out) as HostState;
    const apiUrl = await eventually(async () => (await state()).apiUrl);
    const running = async (query: string) => {
      const answer = await fetch(`${apiUrl}/api/v1/resources?since=5m${query}`);
      const { rows } = (await answer.json()) as ResourcesAnswer;
      return rows.flatMap(({ workload, points }) =>
        points.some(({ cpuCores = 0 }) => cpuCores > 0) ? [workload] : [],
      );
    };
    const seen = async () => {
      const both = [await running("&service=one"), await running("")];
      return both.every(({ length }) => length > 0) && both;
    };

    expect(await eventually(seen, { withinMs: 60_000 })).toEqual([["one-1"], ["host"]]);
  });
}, 120_000);

test("Ctrl-C stops the workloads, says which, and ends with 130 when everything is gone", async () => {
  await withUp(["sh", "-c", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.05; done"], async (up) => {
    up.child.kill("SIGINT");

    expect(await up.child.exited).toBe(130);
    expect(up.err()).toContain("Stopping one-1");
    expect(isRunning(up.hostPid)).toBe(false);
  });
}, 60_000);

test("a second Ctrl-C does not wait for a workload that will not end", async () => {
  await withUp(["sh", "-c", "trap '' TERM; echo ready; while :; do sleep 0.05; done"], async (up) => {
    const began = systemClock.monotonicMs();
    up.child.kill("SIGINT");
    await eventually(() => up.err().includes("Stopping one-1"));

    // Presses it again as a person would: what comes at the same moment counts as one.
    await eventually(() => up.child.kill("SIGINT") ?? up.child.exitCode !== null, { everyMs: 150 });

    expect(await up.child.exited).toBe(130);
    expect(systemClock.monotonicMs() - began).toBeLessThan(5000); // its grace period is ten seconds
    await eventually(() => !isRunning(up.hostPid));
  });
}, 60_000);

test("kill -9 of the command ends the project", async () => {
  await withUp(["sh", "-c", "echo ready; while :; do sleep 0.05; done"], async (up) => {
    up.child.kill("SIGKILL");

    await eventually(() => !isRunning(up.hostPid), { withinMs: 20_000 });
  });
}, 60_000);

test("kill -9 of the host ends the command with an error that says what happened", async () => {
  await withUp(["sh", "-c", "echo ready; while :; do sleep 0.05; done"], async (up) => {
    process.kill(up.hostPid, "SIGKILL");

    expect(await up.child.exited).toBe(1);
    expect(up.err()).toContain("The mesh ended unexpectedly");

    // What such an end leaves behind is gone with the next start.
    expect((await meshwise(["up", "-d"], up.options)).code).toBe(0);
  });
}, 60_000);

test("when every workload has ended, up ends too, and tells whether all went well", async () => {
  await inFolder(async (folder) => {
    const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
    const outcomes = ["exit 0", "exit 3"].map(async (end, index) => {
      const directory = join(folder, `p${index}`);
      mkdirSync(directory);
      writeFileSync(join(directory, "compose.yaml"), `services: { job: { command: ["sh", "-c", "${end}"] } }\n`);
      return meshwise(["up"], { directory, environment });
    });

    const [well, badly] = await Promise.all(outcomes);

    expect(well).toMatchObject({ code: 0, err: expect.stringContaining("Every workload has ended") });
    expect(badly?.code).toBe(1);
  });
}, 60_000);

test("when a part cannot be started, up -d says why, leaves the rest running and fails", async () => {
  await inFolder(async (folder) => {
    const options = {
      directory: folder,
      environment: { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" },
    };
    const compose = 'services: { good: { command: sleep 1000 }, bad: { command: ["/no/such/program"] } }\n';
    writeFileSync(join(folder, "compose.yaml"), `name: partly\n${compose}`);

    const up = await meshwise(["up", "-d"], options);
    const { workloads } = JSON.parse((await meshwise(["ps", "-o", "json"], options)).out) as HostState;
    const meshed = await eventually(async () => {
      const { rows } = JSON.parse((await meshwise(["stat", "-o", "json"], options)).out) as Answer<StatRow>;
      const shown = rows.map(({ service, meshed }) => `${service} ${meshed.ready}/${meshed.total}`);
      return shown.includes("bad 0/1") && shown.includes("good 1/1") && shown;
    });
    const check = await meshwise(["check"], options);
    const down = await meshwise(["down"], options);

    expect(up.code).toBe(1);
    expect(up.err).toContain("bad-1: ");
    expect(workloads.map(({ id, state }) => [id, state]).sort()).toEqual([
      ["bad-1", "failed"],
      ["good-1", "running"],
    ]);
    expect(meshed).toEqual(["bad 0/1", "good 1/1"]);
    expect(check.code).toBe(1);
    expect(check.out).toContain("× bad-1\n");
    expect(down.code).toBe(0);
  });
}, 60_000);

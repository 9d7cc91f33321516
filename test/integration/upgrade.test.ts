// `meshwise upgrade` as its user meets it: a version that fits takes over, one that does not leaves all as it was.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import { meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";
import { rawClient } from "../support/raw-tcp.ts";
import { release } from "../zero/release.ts";

/** says `hello` first, as no HTTP service does, and then says everything again */
const ECHO =
  "const s=require('net').createServer(c=>{c.write('hello');c.pipe(c)}).listen(7000);process.on('SIGTERM',()=>process.exit())";

let folder: string;
let port: number;
const options = () => ({
  directory: folder,
  environment: { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" },
});
const run = (...args: string[]) => meshwise(args, options());
const state = async () => JSON.parse((await run("ps", "-o", "json")).out) as HostState;
const pids = async () => (await state()).processes.filter(({ role }) => role === "worker").map(({ pid }) => pid);

/** A version whose supervisor is another one. */
function changed(version: string, file: string, change: (text: string) => string) {
  const launcher = release(join(folder, version), version);
  const path = join(folder, version, "src", file);
  writeFileSync(path, change(readFileSync(path, "utf8")));
  return launcher;
}

async function says(): Promise<string> {
  const client = await rawClient(port);
  const text = await client.until("hello");
  client.close();
  return text;
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshwise-upgrade-"));
  writeFileSync(
    join(folder, "compose.yaml"),
    `services: { echo: { command: ["node", "-e", ${JSON.stringify(ECHO)}], ports: ["127.0.0.1::7000"] } }\n`,
  );
  const { code, err } = await run("up", "-d");
  if (code !== 0) throw new Error(err);
  port = (await state()).published[0]?.hostPort as number;
  await eventually(async () => (await pids()).length > 0);
}, 60_000);

afterAll(async () => {
  await run("down");
  rmSync(folder, { recursive: true, force: true });
}, 60_000);

test("a version that ends before it is ready is given up, with its last words, and all goes on", async () => {
  const launcher = changed("9.0.1", "main/supervisor.ts", () => "throw new Error('the disk is cheese')");
  const before = await pids();

  const { code, err } = await meshwise(["upgrade"], { ...options(), launcher });

  expect(code).toBe(1);
  expect(err).toMatch(
    /The agent was not upgraded, and the one that ran goes on: it ended before it was ready: .*cheese/,
  );
  expect(await pids()).toEqual(before);
  expect(await says()).toBe("hello");
}, 60_000);

test("a version that speaks another protocol is refused with what to do instead", async () => {
  const launcher = changed("9.0.2", "model/agent.ts", (text) =>
    text.replace("AGENT_PROTOCOL = 2", "AGENT_PROTOCOL = 3"),
  );

  const { code, err } = await meshwise(["upgrade"], { ...options(), launcher });

  expect(code).toBe(1);
  expect(err).toContain("This version of the agent does not fit the running project: 9.0.2 cannot talk to");
  expect(err).toContain("`meshwise down` and `meshwise up`");
  expect(await says()).toBe("hello");
}, 60_000);

test("another version, also with another layout of the shared page, takes over; what is open has its time and then is cut", async () => {
  const launcher = changed("9.0.3", "model/page/page.ts", (text) => text.replace("PAGE_LAYOUT = 1", "PAGE_LAYOUT = 2"));
  const before = await pids();
  const open = await rawClient(port);
  await open.until("hello");

  const upgrading = start(["upgrade", "--grace", "8s", "-o", "json"], { ...options(), launcher });
  await eventually(async () => (await run("logs", "mesh")).out.includes("9.0.3; the old one finishes"), {
    withinMs: 30_000,
  });
  await open.send("still there");
  await open.until("still there"); // by the old agent
  const busy = await run("upgrade");
  const [out, code] = await Promise.all([new Response(upgrading.stdout).text(), upgrading.exited]);

  expect(busy).toMatchObject({ code: 1, err: expect.stringContaining("The agent is being upgraded already") });
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ to: "9.0.3", cut: 1 });
  await open.ended();
  expect(await says()).toBe("hello");
  await eventually(async () => {
    const now = await pids();
    return now.length === before.length && now.every((pid) => !before.includes(pid));
  });
}, 60_000);

test.each(["supervisor", "runner"] as const)(
  "what comes back after the %s's death is the version that was upgraded to",
  async (role) => {
    const pidOf = async (wanted: string) => (await state()).processes.find((one) => one.role === wanted)?.pid;
    const before = await eventually(() => pidOf("supervisor"));
    process.kill((await pidOf(role)) as number, "SIGKILL");

    const next = await eventually(
      async () => {
        const pid = await pidOf("supervisor");
        return pid !== before && pid;
      },
      { withinMs: 30_000 },
    );

    expect(readFileSync(`/proc/${next}/cmdline`, "utf8")).toContain("9.0.3/src/main/supervisor.ts");
    await eventually(says, { withinMs: 30_000 });
  },
  60_000,
);

// `meshwise demo fault` against a real demo: what it does is there, and is gone after it, however it ends.
import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { meshwise, start } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

const ROOT = join(import.meta.dir, "..", "..");
let folder: string;
let demo: Bun.Subprocess<"ignore", "pipe", "pipe">;
let environment: Record<string, string | undefined>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "faults-test-"));
  await chmod(folder, 0o711); // the database has a user of its own, and its data lies in here
  environment = { MESHWISE_STATE_DIR: join(folder, "state"), TMPDIR: folder };
  demo = Bun.spawn(["node", join(ROOT, "scripts", "demo.mjs"), "--rate", "2"], {
    env: { ...process.env, ...environment },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  let said = "";
  void (async () => {
    for await (const text of demo.stdout.pipeThrough(new TextDecoderStream())) said += text;
  })();
  void new Response(demo.stderr).text();
  await eventually(() => said.includes("More to break") || demo.exitCode !== null, { withinMs: 150_000 });
  expect(demo.exitCode).toBeNull();
}, 160_000);

afterAll(async () => {
  demo.kill("SIGKILL");
  await demo.exited;
  await rm(folder, { recursive: true, force: true });
});

const fault = (...args: string[]) => meshwise(["demo", "fault", ...args], { environment });

/** the version of a service that serves, by the mesh's own word */
async function versionOf(service: string): Promise<string | undefined> {
  const { out } = await meshwise(["-p", "shop", "ps", "-o", "json"], { environment });
  const { workloads } = JSON.parse(out) as { workloads: { service: string; version: string; state: string }[] };
  return workloads.findLast((one) => one.service === service && one.state === "running")?.version;
}

async function policies(): Promise<string[]> {
  const { out } = await meshwise(["-p", "shop", "get", "policies", "-o", "json"], { environment });
  return (JSON.parse(out) as { rows: { metadata: { name: string } }[] }).rows.map(({ metadata }) => metadata.name);
}

test("a policy is there until --off, and there is one fault at a time", async () => {
  const before = await policies();

  expect(await fault("short-timeout", "--seed", "1", "-d")).toMatchObject({ code: 0 });
  await eventually(async () => (await policies()).length > before.length, { withinMs: 60_000, everyMs: 500 });
  const second = await fault("nothing");
  const off = await fault("--off");

  expect(second.code).toBe(1);
  expect(second.err).toContain("another fault is there");
  expect(off).toMatchObject({ code: 0, err: "everything is as before\n" });
  await eventually(async () => (await policies()).length === before.length, { withinMs: 30_000, everyMs: 500 });
}, 150_000);

test("a new version serves until Ctrl-C, which tells what it was", async () => {
  const before = await versionOf("shipping");

  const running = start(["demo", "fault", "poison-input", "--seed", "1"], { environment });
  await eventually(async () => (await versionOf("shipping")) !== before, { withinMs: 90_000, everyMs: 500 });
  running.kill("SIGINT");
  const [out, code] = await Promise.all([new Response(running.stdout).text(), running.exited]);

  expect(out).toMatch(
    /^poison-input, seed 1: shipping 1\.2\.0, deployment, since .*: shipping 1\.2\.0 fails for [A-Z]{2}$/m,
  );
  expect(code).toBe(0);
  expect(await versionOf("shipping")).toBe(before as string);
}, 240_000);

test("what an injector that was killed has done is put back by the one that follows it", async () => {
  const before = await policies();
  await fault("tight-limit", "--seed", "1", "-d");
  await eventually(async () => (await policies()).length > before.length, { withinMs: 60_000, everyMs: 500 });

  process.kill(injector(), "SIGKILL");

  await eventually(async () => (await policies()).length === before.length, { withinMs: 60_000, everyMs: 500 });
  await eventually(async () => (await fault("--truth")).code === 0, { withinMs: 30_000, everyMs: 500 });
}, 180_000);

function injector(): number {
  const isIt = (pid: string) => {
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      return words.includes("serve") && words.some((word) => word.startsWith(folder));
    } catch {
      return false;
    }
  };
  return Number(readdirSync("/proc").find((pid) => /^\d+$/.test(pid) && isIt(pid)));
}

// `npm run demo` from the outside: what a person sees, and that nothing is left when it ends, however it ends.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Answer, EdgeRow } from "../../src/api/types.ts";
import { eventually } from "../support/eventually.ts";

type Leftovers = (options: { marks: readonly string[] }) => {
  note(pid: number): void;
  ending(): void;
  find(withinMs?: number): Promise<string[]>;
};
const ROOT = join(import.meta.dir, "..", "..");
const { leftovers } = (await import(join(ROOT, "scripts", "demo", "leftovers.mjs"))) as { leftovers: Leftovers };

let folder: string;
let demo: { readonly child: Bun.Subprocess; readonly screen: () => string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-test-"));
  await chmod(folder, 0o711); // the database has a user of its own, and its data lies in here
  demo = await startDemo();
}, 60_000);

afterEach(async () => {
  demo.child.kill("SIGKILL");
  await demo.child.exited;
  await rm(folder, { recursive: true, force: true });
});

async function startDemo(): Promise<typeof demo> {
  const port = await freePort();
  let shown = "";
  const child = Bun.spawn(["node", join(ROOT, "scripts", "demo.mjs"), "--rate", "2"], {
    env: { ...process.env, MESHWISE_STATE_DIR: join(folder, "state"), TMPDIR: folder, SHOP_PORT: String(port) },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
  });
  for (const stream of [child.stdout, child.stderr]) {
    void (async () => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) shown += text;
    })();
  }
  return { child, screen: () => shown };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** until the shop stands and shoppers are in it */
async function running() {
  const remains = leftovers({ marks: [folder] });
  await eventually(() => demo.screen().includes("Break something") || demo.child.exitCode !== null, {
    withinMs: 150_000,
  });
  expect(demo.child.exitCode).toBeNull();
  const edges = async () => (await (await fetch(`${mapUrl()}/api/v1/edges?since=5m`)).json()) as Answer<EdgeRow>;
  const hasOrder = async () =>
    (await edges()).rows.some(({ source, destination }) => source === "web" && destination === "checkout");
  await eventually(hasOrder, { withinMs: 60_000 });
  remains.note(demo.child.pid);
  return remains;
}

function mapUrl(): string {
  return /^The map +(http:\S+?)\/?$/m.exec(demo.screen())?.[1] ?? "";
}

test("where to look and what to break is said once, and it is quiet until Ctrl-C, which leaves nothing", async () => {
  const remains = await running();
  const said = demo.screen();
  expect(said).toMatch(/^The shop +http:\/\/127\.0\.0\.1:\d+\/$/m);
  expect(said).toMatch(/^Break something +.* bin\/meshwise -p shop run -- /m);

  remains.ending();
  demo.child.kill("SIGINT");

  expect(await demo.child.exited).toBe(0);
  const after = demo.screen().slice(said.length); // from two streams, in either order
  expect(after).toContain("stopping …");
  expect(after).toMatch(/^shoppers: \d+ came, /m);
  expect(await remains.find()).toEqual([]);
  expect(await readdir(folder)).toEqual(["state"]);
}, 240_000);

test("kill -9 of the demo ends the mesh and the shoppers too", async () => {
  const remains = await running();

  remains.ending();
  demo.child.kill("SIGKILL");

  expect(await remains.find(20_000)).toEqual([]);
}, 240_000);

// `npm run demo` from the outside: what a person sees, and that nothing is left when it ends, however it ends.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";

type Leftovers = (options: { marks: readonly string[] }) => {
  note(pid: number): void;
  find(withinMs?: number): Promise<string[]>;
};
const ROOT = join(import.meta.dir, "..", "..");
const { leftovers } = (await import(join(ROOT, "scripts", "demo", "leftovers.mjs"))) as { leftovers: Leftovers };

let folder: string;
let demo: { readonly child: Bun.Subprocess; readonly screen: () => string; readonly url: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "demo-test-"));
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
  const child = Bun.spawn(["node", join(ROOT, "scripts", "demo.mjs"), "--rate", "5"], {
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
  return { child, screen: () => shown, url: `http://127.0.0.1:${port}/` };
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** until shoppers are in the shop and the figures say so */
async function running() {
  const remains = leftovers({ marks: [folder] });
  const areShown = () =>
    [/^checkout .*\d+\.\d\d%/m, /^checkout +payment:8080 /m].every((one) => one.test(demo.screen()));
  await eventually(() => areShown() || demo.child.exitCode !== null, { withinMs: 40_000 }).catch(() => {});
  if (!areShown()) throw new Error(`no figures were shown: ${demo.screen()}`);
  remains.note(demo.child.pid);
  return remains;
}

test("who does how, and who calls whom, is shown until Ctrl-C, which leaves nothing", async () => {
  const remains = await running();
  expect(demo.screen()).toMatch(/^SERVICE .* SUCCESS .* P99/m);

  demo.child.kill("SIGINT");

  expect(await demo.child.exited).toBe(0);
  expect(demo.screen()).toMatch(/shoppers: \d+ came, .* 0 met an error/);
  expect(await remains.find()).toEqual([]);
  expect(await readdir(folder)).toEqual(["state"]);
}, 90_000);

test("kill -9 of the demo ends the mesh and the shoppers too", async () => {
  const remains = await running();

  demo.child.kill("SIGKILL");

  expect(await remains.find(20_000)).toEqual([]);
}, 90_000);

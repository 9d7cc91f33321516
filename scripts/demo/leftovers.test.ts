// The proof that nothing is left must itself see what is left.
import { expect, test } from "bun:test";
import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";

type Leftovers = (options: { marks: readonly string[] }) => {
  note(pid: number): { processes: number; namespaces: number };
  find(withinMs?: number): Promise<string[]>;
};
const file = join(import.meta.dir, "leftovers.mjs");
const { leftovers } = (await import(file)) as { leftovers: Leftovers };

const SANDBOX = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--fork", "--kill-child"];

/** running, and noted */
async function sandbox() {
  const child = Bun.spawn([...SANDBOX, "sleep", "60"], { stdin: "ignore", stdout: "ignore", stderr: "ignore" });
  const remains = leftovers({ marks: [] });
  await eventually(async () => {
    remains.note(child.pid);
    return (await remains.find(0)).join("\n").includes(": sleep 60"); // before that the kernel does not yet tie it to its parent
  });
  return { child, remains };
}

test("a process of the tree that lives on is found, with the namespaces it holds", async () => {
  const { child, remains } = await sandbox();

  const found = (await remains.find(0)).join("\n");
  child.kill("SIGKILL");
  await child.exited;

  expect(found).toContain("sleep 60");
  expect(found).toContain("namespace net:[");
});

test("when the tree has ended nothing is found", async () => {
  const { child, remains } = await sandbox();

  child.kill("SIGKILL");
  await child.exited;

  expect(await remains.find(5_000)).toEqual([]);
});

test("a socket whose path has the mark is found", async () => {
  const path = `/tmp/leftovers-${process.pid}.sock`;
  const server = Bun.listen({ unix: path, socket: { data() {} } });
  const remains = leftovers({ marks: [path] });

  const found = await remains.find(0);
  server.stop();

  expect(found).toHaveLength(1);
  expect(await remains.find(1_000)).toEqual([]);
});

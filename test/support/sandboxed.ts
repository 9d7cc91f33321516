// Runs a file's tests in namespaces of their own, where they are root over nothing but themselves. The same as root and
// as an ordinary user; nothing on the host changes, and the kernel ends whatever they leave behind.
import { expect, test } from "bun:test";
import { basename } from "node:path";

const INSIDE = "MESHWISE_TEST_SANDBOX";

/** @param file import.meta.path of the test file; it is run once more, inside */
export function sandboxed(file: string, tests: () => void): void {
  if (process.env[INSIDE] === "1") tests();
  else test(`${basename(file)}, in namespaces of its own`, () => run(file), 180_000);
}

async function run(file: string): Promise<void> {
  const script = 'ip link set lo up && mount -t tmpfs tmpfs /run && mkdir -p /run/netns && exec "$@"';
  const flags = [
    "--user",
    "--map-root-user",
    "--net",
    "--mount",
    "--pid",
    "--ipc",
    "--fork",
    "--kill-child",
    "--mount-proc",
  ];
  const child = Bun.spawn(["unshare", ...flags, "sh", "-c", script, "sh", process.execPath, "test", file], {
    env: { ...process.env, [INSIDE]: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const [out, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) console.error(out + errors);
  expect(code).toBe(0);
}

// Runs a file's tests in namespaces of their own, where they are root over nothing but themselves. Nothing on the host
// changes, and the kernel ends whatever they leave behind. Run by root they are real root in there, and, once more, root of
// a user namespace, as an ordinary user is.
import { expect, test } from "bun:test";
import { basename } from "node:path";

const INSIDE = "MESHWISE_TEST_SANDBOX";
const USER_NAMESPACE = ["--user", "--map-root-user"];
const NAMESPACES = ["--net", "--mount", "--pid", "--ipc", "--fork", "--kill-child", "--mount-proc"];
const SET_UP = 'ip link set lo up && mount -t tmpfs tmpfs /run && mkdir -p /run/netns && exec "$@"';

/** @param file import.meta.path of the test file; it is run once more, inside */
export function sandboxed(file: string, tests: () => void): void {
  const name = basename(file);
  if (process.env[INSIDE] === "1") tests();
  else {
    test(`${name}, in namespaces of an ordinary user`, () => run(file, USER_NAMESPACE), 180_000);
    if (process.getuid?.() === 0) test(`${name}, in namespaces of root`, () => run(file, []), 180_000);
  }
}

async function run(file: string, flags: readonly string[]): Promise<void> {
  const command = [
    "unshare",
    ...flags,
    ...NAMESPACES,
    "sh",
    "-c",
    SET_UP,
    "sh",
    process.execPath,
    "test",
    "--timeout=20000",
    file,
  ];
  const child = Bun.spawn(command, { env: { ...process.env, [INSIDE]: "1" }, stdio: ["ignore", "pipe", "pipe"] });
  const [out, errors, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (code !== 0) console.error(out + errors);
  expect(code).toBe(0);
}

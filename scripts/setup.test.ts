// The set-up in throw-away checkouts, with a PATH that holds only what the test puts there.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

const TOOLS = ["nft", "ip", "unshare", "nsenter", "setpriv", "mount", "python3", "curl", "chromium", "prometheus"];
const STORAGE = ["postgres", "initdb", "redis-server"];
const BUN_VERSION = "9.9.9";
const isRoot = process.getuid?.() === 0;
let checkout: string;

beforeEach(async () => {
  checkout = await mkdtemp(join(tmpdir(), "setup-test-"));
  await chmod(checkout, 0o777);
  await mkdir(join(checkout, "bin"));
  await cp(join(import.meta.dir, "setup.mjs"), join(checkout, "scripts", "setup.mjs"), { recursive: true });
  await writeFile(join(checkout, "package-lock.json"), lock({ bun: BUN_VERSION, tool: "1.0.0" }));
  for (const tool of [...TOOLS, ...STORAGE]) await program(tool, "");
  await program(
    "npm",
    `echo "npm $*" >> ${checkout}/calls; mkdir -p node_modules; cp package-lock.json node_modules/.package-lock.json
mkdir -p node_modules/.bin; printf '#!/bin/sh\\necho ${BUN_VERSION}\\n' > node_modules/.bin/bun; chmod +x node_modules/.bin/bun`,
  );
  await program(
    "apt-get",
    `echo "apt-get $*" >> ${checkout}/calls; if [ "$1" = install ]; then for one in nft redis-server; do cp ${checkout}/bin/ip ${checkout}/bin/$one; done; fi`,
  );
});

afterEach(() => rm(checkout, { recursive: true, force: true }));

function lock(versions: Record<string, string>): string {
  const packages = Object.entries(versions).map(([name, version]) => [`node_modules/${name}`, { version }]);
  const never = { "node_modules/for-another-machine": { version: "1.0.0", optional: true } };
  return JSON.stringify({ packages: { "": {}, ...never, ...Object.fromEntries(packages) } });
}

async function program(name: string, script: string): Promise<void> {
  await writeFile(join(checkout, "bin", name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`, { mode: 0o755 });
}

async function setUp({ asUser = false } = {}) {
  const node = Bun.which("node") ?? "node";
  const command = [node, join(checkout, "scripts", "setup.mjs"), "--tests"];
  const user = ["/usr/bin/setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"];
  await rm(join(checkout, "calls"), { force: true });
  const child = Bun.spawn(asUser && isRoot ? [...user, ...command] : command, {
    env: { PATH: join(checkout, "bin") },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [exitCode, said, out] = await Promise.all([child.exited, child.stderr.text(), child.stdout.text()]);
  const calls = Bun.file(join(checkout, "calls"));
  return { exitCode, said, out, calls: (await calls.exists()) ? (await calls.text()).trim().split("\n") : [] };
}

test("a fresh clone gets its npm packages, and one line says so", async () => {
  const first = await setUp();

  expect(first).toMatchObject({ exitCode: 0, said: "set-up: installing npm packages (npm ci)\n", out: "" });
  expect(first.calls).toHaveLength(1);
  expect(first.calls[0]).toStartWith("npm ci ");
});

test("a second time nothing is done and nothing is said", async () => {
  await setUp();

  expect(await setUp()).toMatchObject({ exitCode: 0, said: "", calls: [] });
});

test("a lock file with another version leads to npm ci again", async () => {
  await setUp();
  await writeFile(join(checkout, "package-lock.json"), lock({ bun: BUN_VERSION, tool: "1.0.1" }));

  expect((await setUp()).calls).toHaveLength(1);
});

test("a package that npm left out because it is for another machine is not missed", async () => {
  await setUp();
  await writeFile(
    join(checkout, "node_modules", ".package-lock.json"),
    lock({ bun: BUN_VERSION, tool: "1.0.0" }).replace(/"node_modules\/for[^}]*},/, ""),
  );

  expect((await setUp()).calls).toEqual([]);
});

test("when npm fails, what it said is shown and the exit code is 1", async () => {
  await program("npm", "echo cannot reach anything >&2; exit 7");

  const { exitCode, said } = await setUp();

  expect(exitCode).toBe(1);
  expect(said).toContain("cannot reach anything\nset-up: npm ci failed. Its output is above.\n");
});

test.skipIf(!isRoot)("root gets the Debian packages that are missing", async () => {
  await setUp();
  await rm(join(checkout, "bin", "nft"));

  const { exitCode, said, calls } = await setUp();

  expect(exitCode).toBe(0);
  expect(said).toBe("set-up: installing Debian packages: nftables\n");
  expect(calls.map((call) => call.split(" ")[1])).toEqual(["update", "install"]);
});

test.skipIf(!isRoot)("root gets the servers that the shop prefers", async () => {
  await setUp();
  await rm(join(checkout, "bin", "redis-server"));

  const { exitCode, said, calls } = await setUp();

  expect(exitCode).toBe(0);
  expect(said).toBe("set-up: installing Debian packages: redis-server\n");
  expect(calls.map((call) => call.split(" ")[1])).toEqual(["update", "install"]);
});

test.skipIf(!isRoot)("when they cannot be had, it says so and goes on", async () => {
  await setUp();
  await rm(join(checkout, "bin", "redis-server"));
  await program("apt-get", "echo no network >&2; exit 100");

  const { exitCode, said } = await setUp();

  expect(exitCode).toBe(0);
  expect(said).toEndWith("set-up: apt-get update failed. Its output is above. The shop will use SQLite.\n");
});

test("without root they are not missed", async () => {
  await setUp();
  await rm(join(checkout, "bin", "redis-server"));

  expect(await setUp({ asUser: true })).toMatchObject({ exitCode: 0, said: "" });
});

test("without root one sentence says what to install", async () => {
  await setUp();
  await rm(join(checkout, "bin", "nft"));
  await rm(join(checkout, "bin", "unshare"));
  await rm(join(checkout, "bin", "setpriv"));

  const { exitCode, said, calls } = await setUp({ asUser: true });

  expect(exitCode).toBe(1);
  expect(said).toBe("set-up: This machine lacks nftables, util-linux. As root: apt-get install nftables util-linux\n");
  expect(calls).toEqual([]);
});

test("programs in the sbin beside a bin are found although the PATH lacks it", async () => {
  await setUp();
  await cp(join(checkout, "bin", "nft"), join(checkout, "sbin", "nft"), { recursive: true });
  await rm(join(checkout, "bin", "nft"));

  expect(await setUp({ asUser: true })).toMatchObject({ exitCode: 0, said: "" });
});

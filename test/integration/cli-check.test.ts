// `meshwise check --pre` on machines that lack something: made by mounts and limits in namespaces that vanish with the test.
import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder, LAUNCHER, meshwise } from "../support/command-line.ts";

type Found = { group: string; name: string; kind: "ok" | "warning" | "failure"; detail?: string; fix?: string };

const FOLDERS = `${process.env.PATH}:/usr/sbin:/sbin`;

/** what it finds after `setup`, run by the root of a user namespace of its own */
async function foundAfter(
  setup: string,
  environment: Record<string, string> = {},
): Promise<{ code: number; found: Found[] }> {
  const script = `${setup}\nexec "${LAUNCHER}" check --pre -p none -o json`;
  const child = Bun.spawn(["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script], {
    cwd: "/",
    env: { ...process.env, ...environment },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  expect(err).toBe("");
  return { code, found: (JSON.parse(out) as { checks: Found[] }).checks };
}

function failures(found: readonly Found[]): string[] {
  return found.filter(({ kind }) => kind === "failure").map(({ name }) => name);
}

test("on this machine nothing is missing", async () => {
  const { code, out } = await meshwise(["check", "--pre"], { directory: "/" });

  expect(out).not.toContain("×");
  expect(out).toContain("√ nftables captures connections (TPROXY)");
  expect(code).toBe(0);
});

test("a machine without nftables is told so, with the package to install, and its exit code is 1", async () => {
  const nft = Bun.which("nft", { PATH: FOLDERS });

  const { code, found } = await foundAfter(`mount --bind /dev/null ${nft}`);

  expect(code).toBe(1);
  expect(failures(found)).toContain("nft");
  expect(found.find(({ name }) => name === "nft")).toMatchObject({
    detail: "it is not installed",
    fix: expect.stringContaining("apt-get install nftables"),
  });
});

test("up on a machine without nftables says so at once, in one sentence", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "compose.yaml"), "services: { web: { command: sleep 60 } }\n");
    const nft = Bun.which("nft", { PATH: FOLDERS });
    const script = `mount --bind /dev/null ${nft}\nexec "${LAUNCHER}" up -d`;

    const child = Bun.spawn(["unshare", "--user", "--map-root-user", "--mount", "sh", "-ec", script], {
      cwd: folder,
      env: { ...process.env, MESHWISE_STATE_DIR: join(folder, "state") },
      stdout: "ignore",
      stderr: "pipe",
    });

    expect(await new Response(child.stderr).text()).toMatch(
      /lacks programs.*: nft \(as root: apt-get install nftables\)/,
    );
    expect(await child.exited).toBe(1);
  });
});

test("a machine where user namespaces are switched off is told which switch it is", async () => {
  const { code, found } = await foundAfter("echo 0 > /proc/sys/user/max_user_namespaces");

  expect(code).toBe(1);
  expect(found.find(({ name }) => name === "user namespaces may be made")).toMatchObject({
    kind: "failure",
    fix: expect.stringContaining("sysctl -w user.max_user_namespaces="),
  });
});

test("an old unshare is told by the options it does not know", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "setpriv"), "#!/bin/sh\necho ' --no-new-privs --bounding-set --inh-caps'\n", {
      mode: 0o755,
    });

    const { found } = await foundAfter(":", { PATH: `${folder}:${process.env.PATH}` });

    expect(found.find(({ name }) => name === "setpriv")).toMatchObject({
      kind: "failure",
      detail: expect.stringContaining("--pdeathsig"),
    });
  });
});

test("a read-only state directory and a full disk are told before anything is started", async () => {
  await inFolder(async (folder) => {
    const environment = { MESHWISE_STATE_DIR: folder };

    const readOnly = await foundAfter(`mount -t tmpfs -o ro tmpfs ${folder}`, environment);
    const full = await foundAfter(`mount -t tmpfs -o size=1m tmpfs ${folder}`, environment);

    expect(failures(readOnly.found)).toEqual(["the state directory is writable"]);
    expect(readOnly.found.find(({ name }) => name.startsWith("the state"))?.detail).toContain("EROFS");
    expect(failures(full.found)).toEqual(["there is disk space for logs and figures"]);
    expect([readOnly.code, full.code]).toEqual([1, 1]);
  });
});

test("a published port that somebody holds is told with its number and who wants it", async () => {
  await inFolder(async (folder) => {
    const holder = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
    const compose = `services: { web: { command: sleep 1, ports: ["127.0.0.1:${holder.port}:80"] } }\n`;
    writeFileSync(join(folder, "compose.yaml"), compose);

    const { code, out } = await meshwise(["check", "--pre"], {
      directory: folder,
      environment: { MESHWISE_STATE_DIR: folder },
    });
    holder.stop(true);

    expect(code).toBe(1);
    expect(out).toContain(`× port ${holder.port} is free\n    127.0.0.1:${holder.port} for web: EADDRINUSE`);
  });
});

test("a Compose file with a mistake is one failure among the others, not the end of the check", async () => {
  await inFolder(async (folder) => {
    writeFileSync(join(folder, "compose.yaml"), "services: { web: { comand: x } }\n");

    const { code, out } = await meshwise(["check", "--pre"], {
      directory: folder,
      environment: { MESHWISE_STATE_DIR: folder },
    });

    expect(code).toBe(1);
    expect(out).toContain("compose.yaml:1:");
    expect(out).toContain("√ nft");
  });
});

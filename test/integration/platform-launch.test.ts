// How a workload's process is started, followed and ended.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { canBeOrdinary, launchSite, type Site } from "../support/launch-site.ts";

const isRoot = process.getuid?.() === 0;

describe.skipIf(!canBeOrdinary)("a workload", () => {
  let site: Site;
  beforeAll(async () => {
    site = await launchSite("ordinary");
  });
  afterAll(() => site.close());

  test.each([0, 1, 3, 126, 127, 255])("passes the exit code %d on", async (code) => {
    expect((await site.run(`exit ${code}`)).exitCode).toBe(code);
  });

  test.each([
    ["TERM", 143],
    ["KILL", 137],
    ["SEGV", 139],
  ])("that ends by SIG%s has the exit code %d", async (name, code) => {
    expect((await site.run(`kill -${name} $$`)).exitCode).toBe(code);
  });

  test.each(["HUP", "INT", "QUIT", "USR1", "USR2", "TERM", "WINCH"])("gets SIG%s", async (name) => {
    const job = site.launch({
      argv: ["sh", "-c", `trap "echo got; exit 9" ${name}; echo set; while :; do sleep 0.05; done`],
    });
    await eventually(() => job.stdout().includes("set"));

    job.signal(`SIG${name}`);

    expect((await job.exited).exitCode).toBe(9);
    expect(job.stdout()).toBe("set\ngot\n");
    expect(job.stderr()).toBe("");
  });

  test("starts with every signal at its default, and none blocked", async () => {
    expect((await site.run("grep -E '^Sig(Ign|Blk)' /proc/self/status")).said).toMatch(
      /SigBlk:\t0{16}\nSigIgn:\t0{16}\n/,
    );
  });

  test("that ignores SIGTERM can be killed, and what it left running dies with it", async () => {
    const argv = ["sh", "-c", "trap '' TERM; (setsid sleep 61 &) ; echo set; sleep 62; sleep 63"];
    const job = site.launch({ argv });
    await eventually(() => job.stdout().includes("set"));
    job.signal("SIGTERM");
    await eventually(async () => (await site.inside("pgrep", "-fc", "^sleep 6[12]$")) === "2\n");

    job.kill();

    expect((await job.exited).exitCode).toBe(137);
    expect(await site.inside("pgrep", "-fc", "^sleep 6[123]$")).toBe("0\n");
  });

  test("takes its daemons along when it ends by itself", async () => {
    expect((await site.run("setsid sh -c 'setsid sleep 64 &'; exit 5")).exitCode).toBe(5);
    expect(await site.inside("pgrep", "-fc", "^sleep 64$")).toBe("0\n");
  });

  test("leaves no zombie, whoever had its orphans", async () => {
    const { said } = await site.run(
      "for i in 1 2 3 4 5; do (sleep 0.05 &) ; done; sleep 0.3; ps -eo stat | grep -c '^Z'",
    );

    expect(said).toBe("0\n");
  });

  test("reads an end from its input", async () => {
    expect((await site.run("cat; echo over")).said).toBe("over\n");
  });

  test("can open its own output by name", async () => {
    expect((await site.run("echo out >/dev/stdout; echo err >/dev/stderr")).said).toBe("out\nerr\n");
  });

  test("has the environment and folder it asks for, and nothing else", async () => {
    const folder = join(site.directory, "with space");
    mkdirSync(folder, { recursive: true });
    const environment = { PATH: "/usr/bin:/bin", "odd.name": "x", UID: "5", QUOTE: `it's "$HOME"` };
    const job = site.launch({ argv: ["env"], environment, workingDirectory: folder });
    await job.exited;

    expect(job.stdout().trim().split("\n").sort()).toEqual(
      ["PATH=/usr/bin:/bin", `PWD=${folder}`, `QUOTE=it's "$HOME"`, "UID=5", "odd.name=x"].sort(),
    );
  });

  test("keeps its environment out of everyone's sight", async () => {
    const job = site.launch({ argv: ["sleep", "65"], environment: { SECRET: "do-not-show" } });
    await job.started;

    expect(await site.inside("ps", "-eo", "args")).not.toContain("do-not-show");
    job.kill();
    await job.exited;
  });

  test("is called by its id", async () => {
    expect((await site.run("hostname; cat /proc/sys/kernel/hostname", { id: "cart-7" })).said).toBe("cart-7\ncart-7\n");
  });

  test("passes its checks or tells why not", async () => {
    const sleeps = { argv: ["sh", "-c", "touch /run/mark; exec sleep 66"] };
    const check = async (script: string) => {
      const job = site.launch({ ...sleeps, check: ["sh", "-c", script] });
      const result = await job.checked;
      job.kill();
      await job.exited;
      return result;
    };

    expect(await check("until [ -e /run/mark ]; do :; done")).toEqual({ passed: true });
    expect(await check("echo no disk >&2; exit 3")).toEqual({ passed: false, said: "no disk" });
    expect(await check("exit 3")).toEqual({ passed: false, said: "exit code 3" });
    expect(await check("sleep 30")).toEqual({ passed: false, said: "the check took longer than 500 ms" });
    expect(
      await check("grep -E '^(CapBnd|CapEff)' /proc/self/status; [ $(ls -d /proc/[0-9]* | wc -l) -gt 9 ]"),
    ).toEqual({
      passed: false,
      said: "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000",
    });
  });

  test.each<[string, string[], string | undefined, RegExp, number]>([
    [
      "a command that is not in PATH",
      ["nosuchthing"],
      undefined,
      /^command not found: nosuchthing; PATH was \/.*/,
      127,
    ],
    [
      "a file that does not exist",
      ["./nosuchthing"],
      undefined,
      /^command not found: \.\/nosuchthing \(looked from \/.*\)$/,
      127,
    ],
    [
      "a file that may not be executed",
      ["./plain"],
      undefined,
      /^not executable by uid \d+: \.\/plain; chmod \+x/,
      126,
    ],
    ["a folder", ["/tmp"], undefined, /^the command is a directory: \/tmp$/, 126],
    ["a folder that does not exist", ["true"], "/no/such", /^working_dir does not exist: \/no\/such$/, 126],
  ])("that is %s fails with the reason", async (_, argv, workingDirectory, reason, exitCode) => {
    const plain = join(site.directory, "plain");
    writeFileSync(plain, "echo no");
    chmodSync(plain, 0o644);
    const job = site.launch({ argv, ...(workingDirectory !== undefined && { workingDirectory }) });

    const started = await job.started;

    expect(started).toEqual({ failed: expect.stringMatching(reason), exitCode });
    expect((await job.exited).exitCode).toBe(exitCode);
  });
});

describe.skipIf(!isRoot)("as root, a workload", () => {
  let site: Site;
  beforeAll(async () => {
    site = await launchSite("root");
  });
  afterAll(() => site.close());

  test.each([
    [undefined, "0 0 0"], // the owner of the project's folder
    ["nobody", "65534 65534 65534"],
    ["1234", "1234 1234 1234"],
    ["1234:55", "1234 55 55"],
    ["nobody:daemon", "65534 1 1"],
  ])("of user %p runs as %s", async (user, ids) => {
    const { said } = await site.run("echo $(id -u) $(id -g) $(id -G)", { user: user ?? "", workingDirectory: "/" });

    expect(said).toBe(`${ids}\n`);
  });

  test("of another user can open its output by name, and its checks run as that user", async () => {
    const argv = ["sh", "-c", "echo out >/dev/stdout; exec sleep 67"];
    const job = site.launch({
      argv,
      user: "1234:55",
      workingDirectory: "/",
      check: ["sh", "-c", "id -u; id -G; exit 1"],
    });

    expect(await job.checked).toEqual({ passed: false, said: "1234\n55" });
    expect(job.stdout()).toBe("out\n");
    job.kill();
    await job.exited;
  });

  test("has its memory limited: the kernel ends who takes more", async () => {
    const script = "head -c 200000000 /dev/zero | tail";
    const job = site.launch({ argv: ["sh", "-c", script], limits: { memoryBytes: 32 << 20 } });

    const { oomKills, sample } = await job.exited;

    expect(oomKills).toBeGreaterThan(0);
    expect(sample.cpuUs).toBeGreaterThan(0);
  });

  test("has its processes limited", async () => {
    const { said } = await site.run("for i in $(seq 40); do sleep 1 & done; wait", { limits: { pids: 10 } });

    expect(said).toContain("Cannot fork");
  });

  test("has its CPU limited, and the time it was held back is known", async () => {
    const spin = "timeout 1 sh -c 'while :; do :; done'";
    const job = site.launch({ argv: ["sh", "-c", spin], limits: { cpus: 0.2 } });

    const { sample } = await job.exited;

    expect(sample.throttledUs).toBeGreaterThan(100_000);
    expect(sample.cpuUs).toBeLessThan(700_000);
  });
});

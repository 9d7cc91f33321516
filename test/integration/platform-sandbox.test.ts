// The sandbox ends with its host, however that ends; and what the kernel does not clean up, the next start does.
import { afterEach, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openCgroups } from "../../src/platform/cgroup/cgroups.ts";
import { removeLeftovers } from "../../src/platform/cgroup/leftovers.ts";
import { treeOf } from "../../src/platform/process/processes.ts";
import { sandboxPrefix } from "../../src/platform/process/sandbox.ts";
import { tryLock } from "../../src/sys/lock.ts";
import { eventually } from "../support/eventually.ts";
import { asNobody, canBeOrdinary } from "../support/launch-site.ts";

const isRoot = process.getuid?.() === 0;
const folders: string[] = [];
const temporary = () => {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-sandbox-"));
  folders.push(folder);
  return folder;
};
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const kinds = [
  ...(isRoot ? [["as root", [], false] as const] : []),
  ...(canBeOrdinary ? [["without root", isRoot ? asNobody() : [], true] as const] : []),
];

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe.each(kinds)("%s, the sandbox", (_, prefix, rootless) => {
  const inSandbox = (script: string, keep: string[] = []) =>
    Bun.spawnSync([...prefix, ...sandboxPrefix({ rootless, keep }), "sh", "-c", script]).stdout.toString();

  test("dies whole when the host is killed", async () => {
    // a host that starts a sandbox with an orphan and a daemon in it, and says when all stand
    const script = "sh -c 'setsid sleep 3600 &'; sleep 3600 & echo stands; wait";
    const argv = JSON.stringify([...prefix, ...sandboxPrefix({ rootless, keep: [] }), "sh", "-c", script]);
    const host = Bun.spawn(
      [process.execPath, "-e", `Bun.spawn(${argv},{stdio:["ignore","inherit","inherit"]});setInterval(()=>{},1000)`],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );
    const reader = host.stdout.getReader();
    expect(new TextDecoder().decode((await reader.read()).value)).toBe("stands\n");
    await eventually(() => treeOf(host.pid).length >= 6);
    const members = treeOf(host.pid).slice(1);

    host.kill("SIGKILL");

    await eventually(() => !members.some(isAlive));
  });

  test("ends, with everything in it, when its first program ends, and passes its exit code on", async () => {
    const sandbox = Bun.spawn(
      [...prefix, ...sandboxPrefix({ rootless, keep: [] }), "sh", "-c", "setsid sleep 3600 & exit 7"],
      {
        stdio: ["ignore", "pipe", "inherit"],
      },
    );

    expect(await sandbox.exited).toBe(7);
    // the daemon holds the pipe as long as it lives
    expect(await new Response(sandbox.stdout).text()).toBe("");
  });

  test("collects orphans", () => {
    expect(inSandbox("for i in 1 2 3; do sh -c 'sleep 0.05 &'; done; sleep 0.3; ps -eo stat | grep -c '^Z'")).toBe(
      "0\n",
    );
  });

  test("has a network of its own that is up, and a /run of its own", () => {
    expect(inSandbox("ls /run; ls /sys/class/net >/dev/null; cat /proc/net/dev | grep -c :; ip -br link")).toMatch(
      /^meshwise\nnetns\n\d\nlo +UNKNOWN .*UP/,
    );
  });

  test("is not in the terminal's session", () => {
    expect(inSandbox("ps -o sid= -p $$").trim()).toBe("1");
  });
});

describe.skipIf(!isRoot)("as root, the sandbox", () => {
  test("leaves reachable what must be, although it lies under /run", () => {
    const kept = mkdtempSync("/run/meshwise-test-");
    folders.push(kept);
    writeFileSync(join(kept, "file"), "kept");
    const script = `cat ${kept}/file; echo written >${kept}/answer; ls /run`;

    const { stdout } = Bun.spawnSync([...sandboxPrefix({ rootless: false, keep: [kept] }), "sh", "-c", script]);

    expect(stdout.toString()).toBe(`keptmeshwise\n${kept.slice("/run/".length)}\nnetns\n`);
    expect(existsSync(join(kept, "answer"))).toBeTrue();
  });
});

describe.skipIf(!isRoot)("leftovers", () => {
  const prepare = (stateHome: string, project: string) => {
    mkdirSync(join(stateHome, project), { recursive: true });
    return Object.values(openCgroups({ project, stateRoot: join(stateHome, project) }).project);
  };

  test("of this and of other dead projects go, with their processes; those of a running one stay", async () => {
    const stateHome = temporary();
    const names = ["mine", "dead", "alive"].map((name) => `${name}-${process.pid}`) as [string, string, string];
    const [mine, dead, alive] = names.map((name) => prepare(stateHome, name)) as [string[], string[], string[]];
    const lock = tryLock(join(stateHome, names[2], "lock"));
    mkdirSync(join(dead[0] as string, "web-1"));
    const lost = Bun.spawn(["sleep", "3600"]);
    writeFileSync(join(dead[0] as string, "web-1", "cgroup.procs"), String(lost.pid));

    const swept = await removeLeftovers({ stateHome, project: names[0] });

    expect(swept.sort()).toEqual([names[1], names[0]].sort());
    expect([...mine, ...dead].filter((path) => existsSync(path))).toEqual([]);
    expect(alive.every((path) => existsSync(path))).toBeTrue();
    expect(await lost.exited).toBe(137);

    if (lock !== "held") lock.release();
    await removeLeftovers({ stateHome, project: names[0] });
    expect(alive.some((path) => existsSync(path))).toBeFalse();
  });

  test("that no state directory knows any more go at the next start of any project", async () => {
    const stateHome = temporary();
    const opened = `openCgroups({project:"lost",stateRoot:${JSON.stringify(stateHome)}})`;
    const file = join(import.meta.dirname, "../../src/platform/cgroup/cgroups.ts");
    const script = `import { openCgroups } from ${JSON.stringify(file)}; console.log(JSON.stringify(${opened}.project))`;
    const { stdout } = Bun.spawnSync([process.execPath, "-e", script]);
    const lost: string[] = Object.values(JSON.parse(stdout.toString()));
    expect(lost.filter((path) => existsSync(path))).toEqual(lost);

    const next = prepare(stateHome, `next-${process.pid}`);

    expect(lost.filter((path) => existsSync(path))).toEqual([]);
    expect(next.filter((path) => existsSync(path))).toEqual(next);
    await removeLeftovers({ stateHome, project: `next-${process.pid}` });
    expect(next.filter((path) => existsSync(path))).toEqual([]);
  });

  test("a note that names other groups is not believed", async () => {
    const stateHome = temporary();
    const [directory] = prepare(stateHome, `note-${process.pid}`);
    const stranger = join(directory as string, "..", "..", `stranger-${process.pid}`);
    mkdirSync(stranger);
    const lines = [stranger, `${directory}/../../stranger-${process.pid}`, "/", "", `/tmp/note-${process.pid}`];
    mkdirSync(join(stateHome, "evil"));
    writeFileSync(join(stateHome, "evil", "cgroups"), lines.join("\n"));

    await removeLeftovers({ stateHome, project: "evil" });

    expect(existsSync(stranger)).toBeTrue();
    Bun.spawnSync(["rmdir", stranger]);
    await removeLeftovers({ stateHome, project: "x" });
    expect(existsSync(directory as string)).toBeFalse();
  });
});

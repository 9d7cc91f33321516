// What a workload must not be able to do, tried: as root, and as an ordinary user.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "../support/eventually.ts";
import { canBeOrdinary, launchSite, type Site } from "../support/launch-site.ts";

const isRoot = process.getuid?.() === 0;
const RULES = "table inet mesh { chain out { type filter hook output priority 0; tcp dport 9 counter reject; }; }";

describe.skipIf(!isRoot)("as root, a workload", () => attempts("root"));
describe.skipIf(!isRoot)("as root, a workload of an ordinary user", () => attempts("root", "65533:65533"));
describe.skipIf(!canBeOrdinary)("without root, a workload", () => attempts("ordinary"));

function attempts(as: "root" | "ordinary", user?: string): void {
  let site: Site;
  beforeAll(async () => {
    site = await launchSite(as);
  });
  afterAll(() => site.close());
  const run = (script: string) => site.run(script, user === undefined ? {} : { user });
  /** once more as root of a user namespace of its own (which uid 0 cannot map), with mounts, and processes, of its own */
  const stubbornly = (script: string) =>
    ["sh -c", "unshare -Urm sh -c", "unshare -Um --keep-caps sh -c", "unshare -Urmpf sh -c"]
      .map((how) => `${how} '${script}'`)
      .join("; ");

  test("has no capability, can get none, and sees no host user's power", async () => {
    const { said } = await run("grep -E '^(Cap|NoNewPrivs)' /proc/self/status");

    expect(said.match(/0000000000000000/g)).toHaveLength(5);
    expect(said).toContain("NoNewPrivs:\t1");
  });

  test("sees and ends no process but its own", async () => {
    const other = site.launch({ argv: ["sleep", "60"] });
    await other.started;

    const { said } = await run(
      "ls /proc | grep -c '^[0-9]'; kill -9 -1; for pid in $(seq 2 200); do [ $pid = $$ ] || kill -9 $pid; done",
    );

    expect(Number(said.split("\n")[0])).toBeLessThan(8);
    expect(await site.inside("echo", "the agent lives")).toBe("the agent lives\n");
    other.signal("SIGTERM");
    expect((await other.exited).exitCode).toBe(143);
  });

  test("neither reads nor writes our state", async () => {
    mkdirSync(join(site.stateHome, "shop"), { recursive: true });
    writeFileSync(join(site.stateHome, "shop", "secret"), "do not read", { mode: 0o666 });

    const path = site.stateHome;
    const { said } = await run(
      stubbornly(
        `cat ${path}/shop/secret; umount ${path}; cat ${path}/shop/secret; touch ${path}/mark; mkdir ${path}/shop`,
      ),
    );

    expect(said).not.toContain("do not read");
    expect(existsSync(join(site.stateHome, "mark"))).toBeFalse();
  });

  test("reaches no listener of another workload, at none of its addresses", async () => {
    const serve = `Bun.listen({hostname:"0.0.0.0",port:8080,socket:{data(){},open(s){s.end("reached")}}});console.log("listens")`;
    const other = site.launch({ argv: [process.execPath, "-e", serve], workingDirectory: "/" });
    await eventually(() => other.stdout().includes("listens"));
    const addresses = ["127.0.0.1", "240.128.0.1", "240.128.0.2", "240.128.0.3", "240.128.0.4", "240.128.0.5"];

    const { said } = await run(
      addresses.map((address) => `timeout 2 bash -c 'cat </dev/tcp/${address}/8080'`).join(";"),
    );

    expect(said).not.toContain("reached");
    other.kill();
    await other.exited;
  });

  test("reaches nothing on the host's loopback, by no kind of socket", async () => {
    const connected: string[] = [];
    const socket = { open: () => void connected.push("connected"), data() {} };
    const tcp = Bun.listen({ hostname: "127.0.0.1", port: 0, socket });
    const abstract = `\0meshwise-test-${process.pid}-${as}`;
    const unix = Bun.listen({ unix: abstract, socket });

    await run(`timeout 2 bash -c 'echo >/dev/tcp/127.0.0.1/${tcp.port}'`);
    await site.run(
      `"$BUN" -e 'try { await Bun.connect({ unix: "\\0meshwise-test-${process.pid}-${as}", socket: { data() {} } }) } catch {}'`,
      { environment: { BUN: process.execPath } },
    );

    expect(connected).toEqual([]);
    tcp.stop(true);
    unix.stop(true);
  });

  test("reaches no metadata service", async () => {
    const { exitCode } = await run("timeout 2 bash -c 'echo >/dev/tcp/169.254.169.254/80'");

    expect(exitCode).not.toBe(0);
  });

  test("enters no other namespace", async () => {
    const other = site.launch({ argv: ["sleep", "60"], id: "other" });
    const started = await other.started;
    const pid = "pid" in started ? started.pid : 0;

    const doors = [
      "/run/netns/other",
      `/proc/${pid}/ns/net`,
      "/proc/1/ns/net",
      "/proc/1/ns/mnt",
      "/proc/1/root/run/netns/other",
    ];
    const tries = doors
      .map((door) => `nsenter --net=${door} echo entered; nsenter --mount=${door} echo entered`)
      .join("; ");
    const { said } = await run(stubbornly(tries));

    expect(said).not.toContain("entered\n");
    other.kill();
    await other.exited;
  });

  test("changes neither its rules, its addresses, its routes nor its settings", async () => {
    await site.inside("ip", "netns", "add", "mine");
    const rules = `echo '${RULES}' | nsenter --net=/run/netns/mine nft -f -; ip -n mine link set lo up`;
    expect(await site.inside("sh", "-c", rules)).toBe("");
    const state = "nft list ruleset; ip addr; ip route show table all; ip rule; cat /proc/sys/net/ipv4/ip_forward";
    const before = await site.inside("nsenter", "--net=/run/netns/mine", "sh", "-c", state);

    const { said } = await site.run(
      stubbornly(
        "nft flush ruleset; nft add table inet evil; ip addr add 10.9.9.9/32 dev lo; ip link set lo down; ip link add name d1 type dummy; ip route add default dev lo; ip rule add fwmark 7 lookup 7; echo 1 >/proc/sys/net/ipv4/ip_forward",
      ),
      { id: "mine", ...(user !== undefined && { user }) },
    );

    // the address it was given is ours
    const after = await site.inside("nsenter", "--net=/run/netns/mine", "sh", "-c", state);
    expect(after.replaceAll(/.*240\.128\..*\n.*valid_lft.*\n|.*240\.128\..*\n/g, "")).toBe(before);
    expect(after).toContain("reject");
    expect(said.match(/Operation not permitted/g)?.length).toBeGreaterThan(10);
  });

  test("removes none of the mounts that hide things, not even as root of a namespace of its own", async () => {
    const { said } = await run(
      stubbornly(
        "echo tries; for at in /run /etc/resolv.conf /etc/hosts /proc/sys /proc /sys /dev; do umount $at; umount -l $at; done 2>/dev/null; head -1 /etc/resolv.conf; ls /run/netns /run/meshwise; ls /run/systemd",
      ),
    );

    const tries = said.match(/^tries$/gm)?.length ?? 0;
    expect(tries).toBeGreaterThan(1);
    expect(said.match(/^nameserver 240\.0\.0\.53$/gm)).toHaveLength(tries);
    expect(said.match(/cannot access '\/run\/netns'/g)).toHaveLength(tries);
  });

  test("finds no socket of an engine or a name service", async () => {
    const { said } = await run("find /run -type s; ls -A /run");

    expect(said).toBe("lock\n");
  });

  test("asks nobody but the mesh for names", async () => {
    const { said } = await run("cat /etc/resolv.conf /etc/nsswitch.conf; cat /etc/hosts; hostname");

    expect(said).toContain("nameserver 240.0.0.53\nnameserver fd00:6d77::53\nsearch shop.svc.cluster.local\n");
    expect(said).toContain("hosts: files dns\n");
    expect(said).toMatch(/^240\.128\.0\.\d+ (w-\d+)\n(.*\n)+\1\n$/m);
  });

  test("has no device of the machine, and makes none", async () => {
    const list =
      "for at in /dev/* /dev/pts/* /dev/shm/*; do [ ! -b $at ] || echo block $at; [ ! -c $at ] || echo $at; done";
    const { said } = await run(`${list}; mknod /dev/shm/disk b 8 0; ls /dev/shm`);

    const harmless = ["full", "null", "ptmx", "random", "tty", "urandom", "zero", "pts/ptmx"];
    // its own input is /dev/null
    const found = (said.match(/^(block )?\/dev\/.*$/gm) ?? []).filter((line) => line !== "/dev/stdin");
    expect(found).toEqual(harmless.map((name) => `/dev/${name}`));
    expect(said).toContain("Operation not permitted");
    expect(said).not.toContain("\ndisk");
  });

  test("turns no knob of the machine", async () => {
    const knobs = [
      "/proc/sys/kernel/core_pattern",
      "/proc/sysrq-trigger",
      "/proc/sys/vm/drop_caches",
      "/sys/power/state",
    ];
    const { said } = await run(knobs.map((knob) => `echo 1 >${knob} && echo turned`).join("; "));

    expect(said).not.toContain("turned");
  });

  test("sees no cgroup of others and changes not its own", async () => {
    const { said } = await run(
      "find /sys/fs/cgroup -mindepth 1 -type d; echo 0 >/sys/fs/cgroup/cgroup.procs && echo moved; cat /proc/self/cgroup",
    );

    expect(said).not.toContain("moved");
    for (const line of said.split("\n").filter((text) => /^\d+:/.test(text))) expect(line).toEndWith(":/");
  });

  test("inherits no descriptor of ours", async () => {
    const { said } = await run("ls /proc/self/fd");

    expect(said).toBe("0\n1\n2\n3\n"); // 3 is ls's own
  });
}

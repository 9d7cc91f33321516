import { beforeAll, expect, test } from "bun:test";
import { readFileSync } from "node:fs";
import { applyRules, makeNamespace, netnsPath, removeNamespace } from "../../src/agent/netns/namespace.ts";
import { CAPTURE_PORT, OWN_MARK, renderReadyChange, renderRules } from "../../src/agent/netns/rules.ts";
import { DNS_ADDRESS, serviceAddress, workloadAddress } from "../../src/model/address.ts";
import { closeFd } from "../../src/sys/libc.ts";
import { inNetns } from "../../src/sys/netns.ts";
import { bindUdp, dialTcp, listenTcp, peek } from "../../src/sys/socket.ts";
import { eventually } from "../support/eventually.ts";
import { sandboxed } from "../support/sandboxed.ts";

/** connections that the kernel tracks in the reader's network namespace */
const TRACKED = "/proc/sys/net/netfilter/nf_conntrack_count";

sandboxed(import.meta.path, () => {
  const key = 7;
  const own = workloadAddress(key);
  const netns = netnsPath(key);
  const shop = serviceAddress(3);
  const captured: string[] = [];
  const ready = [{ address: shop, port: 8080 }];

  beforeAll(async () => {
    await makeNamespace(key, own);
    await applyRules(netns, renderRules({ address: own, egressAllowed: true, ready }));
    const fd = inNetns(netns, () =>
      listenTcp("::", CAPTURE_PORT, { dualStack: true, transparent: true, reusePort: true }),
    );
    Bun.listen({
      fd,
      socket: {
        open(socket: Bun.Socket) {
          captured.push(`${socket.localAddress} ${socket.localPort} from ${socket.remoteAddress}`);
          socket.end("captured");
        },
        data() {},
      },
    } as unknown as Bun.TCPSocketListenOptions);
  });

  /** What a program in the namespace meets when it connects: what it read, or the name of its error. */
  async function connect(address: string, port: number, timeout = 2): Promise<string> {
    const script = `
import socket, errno
try:
    s = socket.create_connection((${JSON.stringify(address)}, ${port}), ${timeout})
    print(s.recv(99).decode())
except OSError as e:
    print(errno.errorcode.get(e.errno, type(e).__name__))`;
    return (await inside(["python3", "-c", script])).trim();
  }

  async function inside(command: string[]): Promise<string> {
    const child = Bun.spawn(["nsenter", `--net=${netns}`, ...command], { stdio: ["ignore", "pipe", "inherit"] });
    return new Response(child.stdout).text();
  }

  test.each([[shop.v4], [shop.v6]])("a connection to a ready port of a service is captured: %s", async (address) => {
    captured.length = 0;

    expect(await connect(address, 8080)).toBe("captured");

    expect(captured[0]).toContain(`${address} 8080 from `);
    expect(captured[0]).toContain(address === shop.v4 ? own.v4 : own.v6);
  });

  test.each([
    [shop.v4, 8081, "no workload listens on that port"],
    [shop.v6, 8081, "no workload listens on that port"],
    [serviceAddress(4).v4, 8080, "no such service"],
    [serviceAddress(4).v6, 8080, "no such service"],
    [workloadAddress(8).v4, 8080, "another workload's own address is not reachable but through its service"],
    [workloadAddress(8).v6, 8080, "another workload's own address is not reachable but through its service"],
  ])("%s port %i is refused at once: %s", async (address, port) => {
    expect(await connect(address, port)).toBe("ECONNREFUSED");
  });

  test.each([["192.0.2.1"], ["2001:db8::1"]])("a connection to the outside is captured: %s", async (address) => {
    expect(await connect(address, 443)).toBe("captured");
  });

  test.each([
    [shop.v4, 8080, 0, "stays on this host: its packets find their socket by themselves"],
    [shop.v6, 8080, 0, "stays on this host: its packets find their socket by themselves"],
    ["192.0.2.1", 444, 1, "goes outside: each of its packets needs the mark"],
  ])("a connection to %s port %i is tracked by the kernel %i times: it %s", async (address, port, times) => {
    const tracked = () => inNetns(netns, () => Number(readFileSync(TRACKED, "utf8")));
    const before = tracked();

    expect(await connect(address, port)).toBe("captured");

    expect(tracked() - before).toBe(times);
  });

  test.each([["169.254.169.254"], ["100.100.100.200"], ["fd00:ec2::254"], ["224.0.0.1"], ["64:ff9b::7f00:1"]])(
    "an address that nobody may reach is not even captured: %s",
    async (address) => {
      expect(await connect(address, 80)).toBeOneOf(["ECONNREFUSED", "ENETUNREACH"]);
    },
  );

  test("what a workload listens on itself is reached directly on its own addresses and loopback", async () => {
    const fds = inNetns(netns, () => [listenTcp("::", 9000, { dualStack: true })]);
    const server = Bun.listen({
      fd: fds[0],
      socket: { open: (socket: Bun.Socket) => void socket.end("app"), data() {} },
    } as unknown as Bun.TCPSocketListenOptions);

    for (const address of ["127.0.0.1", "::1", own.v4, own.v6]) expect(await connect(address, 9000)).toBe("app");
    // a service's virtual address is not its own, although it listens on all
    expect(await connect(shop.v4, 9000)).toBe("ECONNREFUSED");
    const ours = inNetns(netns, () => dialTcp(own.v4, 9000, { mark: OWN_MARK }));
    await eventually(() => peek(ours) !== "open");
    closeFd(ours);
    server.stop(true);
  });

  test("while no worker listens, a call waits for one and never reaches the caller's own listener", async () => {
    const other = 9;
    const path = await makeNamespace(other, workloadAddress(other));
    await applyRules(path, renderRules({ address: workloadAddress(other), egressAllowed: true, ready }));
    const app = inNetns(path, () => listenTcp("::", 8080, { dualStack: true }));
    const fd = inNetns(path, () => dialTcp(shop.v4, 8080));
    const options = { dualStack: true, transparent: true, reusePort: true };
    const worker = inNetns(path, () => listenTcp("::", CAPTURE_PORT, options));
    const server = Bun.listen({
      fd: worker,
      socket: { open: (socket: Bun.Socket) => void socket.end("worker"), data() {} },
    } as unknown as Bun.TCPSocketListenOptions);

    await eventually(() => peek(fd) === "data"); // by the second SYN, after a second

    for (const one of [app, fd]) closeFd(one);
    server.stop(true);
    await removeNamespace(other);
  });

  test("UDP reaches the resolver, and nothing else", async () => {
    const fd = inNetns(netns, () => bindUdp(DNS_ADDRESS.v4, 53));
    const fd6 = inNetns(netns, () => bindUdp(DNS_ADDRESS.v6, 53));
    const script = `
import socket
def ask(a, p):
    s = socket.socket(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.3)
    try:
        s.connect((a, p)); s.send(b"q"); s.recv(9)
    except OSError as e: return type(e).__name__
print(ask("${DNS_ADDRESS.v4}", 53), ask("${DNS_ADDRESS.v6}", 53), ask("${shop.v4}", 53), ask("${shop.v6}", 53), ask("8.8.8.8", 53), ask("2001:db8::1", 53))`;

    const answers = (await inside(["python3", "-c", script])).trim().split(" ");

    expect(answers.slice(0, 2)).toEqual(["TimeoutError", "TimeoutError"]); // it was delivered; we did not answer
    expect(answers.slice(2, 4)).toEqual(["ConnectionRefusedError", "ConnectionRefusedError"]);
    expect(answers.slice(4)).toEqual(["PermissionError", "PermissionError"]);
    expect([peek(fd), peek(fd6)]).toEqual(["data", "data"]);
    for (const one of [fd, fd6]) closeFd(one);
  });

  test("while no resolver listens a query meets silence, so that it is asked again", async () => {
    const script = `
import socket
for a in ("${DNS_ADDRESS.v4}", "${DNS_ADDRESS.v6}"):
    s = socket.socket(socket.AF_INET6 if ":" in a else socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(0.2)
    try:
        s.connect((a, 53)); s.send(b"q"); s.recv(9)
    except OSError as e: print(type(e).__name__)`;

    expect(await inside(["python3", "-c", script])).toBe("TimeoutError\nTimeoutError\n");
  });

  test("a port that becomes ready is captured from then on, and refused again when it ends", async () => {
    const late = { address: serviceAddress(5), port: 5432 };
    expect(await connect(late.address.v4, 5432)).toBe("ECONNREFUSED");

    await applyRules(netns, renderReadyChange([], [late]));
    expect(await connect(late.address.v4, 5432)).toBe("captured");
    expect(await connect(late.address.v6, 5432)).toBe("captured");
    await applyRules(netns, renderReadyChange([late], []));

    expect(await connect(late.address.v4, 5432)).toBe("ECONNREFUSED");
  });

  test("with egress off the outside is refused at once", async () => {
    await applyRules(netns, renderRules({ address: own, egressAllowed: false, ready }));

    expect(await connect("192.0.2.1", 443)).toBe("ECONNREFUSED");
    expect(await connect("2001:db8::1", 443)).toBe("ECONNREFUSED");
    expect(await connect(shop.v4, 8080)).toBe("captured");
  });

  test("a namespace that is there is taken over, and its connections go on while its rules are replaced", async () => {
    const address = workloadAddress(key);

    expect(await makeNamespace(key, address)).toBe(netns);
    await applyRules(netns, renderRules({ address, egressAllowed: true, ready }));

    expect(await connect(shop.v4, 8080)).toBe("captured");
  });

  test("nothing but lo is in it, and ports below 1024 are free for everybody", async () => {
    expect((await inside(["ip", "-br", "link"])).trim().split("\n")).toHaveLength(1);
    expect((await inside(["cat", "/proc/sys/net/ipv4/ip_unprivileged_port_start"])).trim()).toBe("0");
    expect((await inside(["cat", "/proc/sys/net/ipv4/tcp_migrate_req"])).trim()).toBe("1");
  });
});

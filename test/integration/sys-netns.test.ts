import { expect, test } from "bun:test";
import { readlinkSync, writeFileSync } from "node:fs";
import { adoptStream } from "../../src/sys/adopt.ts";
import { closeFd, duplicate } from "../../src/sys/libc.ts";
import { queryListening } from "../../src/sys/listening.ts";
import { inNetns } from "../../src/sys/netns.ts";
import { dialTcp, listenTcp, localAddress, pauseListening, peek, resumeListening } from "../../src/sys/socket.ts";
import { eventually } from "../support/eventually.ts";
import { sandboxed } from "../support/sandboxed.ts";

sandboxed(import.meta.path, () => {
  test("a socket made in another namespace belongs to it, and the thread is back at home afterwards", async () => {
    for (const name of ["one", "two"])
      Bun.spawnSync(["sh", "-c", `ip netns add ${name} && ip -n ${name} link set lo up`]);
    const home = readlinkSync("/proc/thread-self/ns/net");

    const listener = inNetns("/run/netns/one", () => listenTcp("127.0.0.1", 0));
    const { port } = localAddress(listener);
    Bun.listen({
      fd: listener,
      socket: { open: (socket: Bun.Socket) => void socket.end("from one"), data() {} },
    } as unknown as Bun.TCPSocketListenOptions);
    const fd = inNetns("/run/netns/one", () => dialTcp("127.0.0.1", port, { mark: 2 }));
    const text = await new Promise<string>((resolve, reject) => {
      adoptStream(fd, { data: (_, bytes) => resolve(bytes.toString()) }).catch(reject);
    });

    expect(text).toBe("from one");
    expect(readlinkSync("/proc/thread-self/ns/net")).toBe(home);
    const elsewhere = inNetns("/run/netns/two", () => dialTcp("127.0.0.1", port));
    await eventually(() => peek(elsewhere) === "error");
    closeFd(elsewhere);
  });

  test("what fails inside is thrown at home", () => {
    const home = readlinkSync("/proc/thread-self/ns/net");

    expect(() => inNetns("/run/netns/none", () => 1)).toThrow("ENOENT");
    expect(() =>
      inNetns("/run/netns/one", () => {
        throw new Error("inside");
      }),
    ).toThrow("inside");

    expect(readlinkSync("/proc/thread-self/ns/net")).toBe(home);
  });

  test("a transparent listener takes both families", () => {
    const fd = inNetns("/run/netns/one", () =>
      listenTcp("::", 15001, { dualStack: true, transparent: true, reusePort: true }),
    );

    closeFd(fd);
  });

  test("the kernel tells who listens in a namespace, and on which addresses", () => {
    const query = queryListening("/run/netns/two");
    const fds = inNetns("/run/netns/two", () => [
      listenTcp("127.0.0.1", 81),
      listenTcp("0.0.0.0", 82),
      listenTcp("::", 83, { dualStack: true }),
      listenTcp("::", 84),
      listenTcp("::1", 85),
      dialTcp("127.0.0.1", 81),
    ]);

    const found = query.ask().sort((a, b) => a.port - b.port);

    expect(found).toEqual([
      { address: "127.0.0.1", port: 81, v6Only: false, queue: 1 },
      { address: "0.0.0.0", port: 82, v6Only: false, queue: 0 },
      { address: "::", port: 83, v6Only: false, queue: 0 },
      { address: "::", port: 84, v6Only: true, queue: 0 },
      { address: "::1", port: 85, v6Only: true, queue: 0 },
    ]);
    for (const fd of fds) closeFd(fd);
    expect(query.ask()).toEqual([]);
    query.close();
  });

  test("a paused listener's waiting connections move to the other one of its port, and it comes back", async () => {
    const fds = inNetns("/run/netns/two", () => {
      writeFileSync("/proc/sys/net/ipv4/tcp_migrate_req", "1");
      const options = { reusePort: true, transparent: true, dualStack: true };
      return { one: listenTcp("::", 90, options), two: listenTcp("::", 90, options) };
    });
    const waiting = inNetns("/run/netns/two", () => Array.from({ length: 50 }, () => dialTcp("127.0.0.1", 90)));
    pauseListening(fds.one);
    const late = inNetns("/run/netns/two", () => Array.from({ length: 50 }, () => dialTcp("127.0.0.1", 90)));
    let accepted = 0;
    const serve = (fd: number) =>
      Bun.listen({
        fd: duplicate(fd),
        socket: {
          open(socket: Bun.Socket) {
            accepted++;
            socket.write("hello");
          },
          data() {},
        },
      } as unknown as Bun.TCPSocketListenOptions);
    const server = serve(fds.two);

    await eventually(() => accepted === 100);
    await eventually(() => [...waiting, ...late].every((fd) => peek(fd) === "data"));
    resumeListening(fds.one);
    server.stop();
    pauseListening(fds.two);
    serve(fds.one);
    const last = inNetns("/run/netns/two", () => dialTcp("127.0.0.1", 90));
    await eventually(() => peek(last) === "data");

    expect(accepted).toBe(101);
    for (const fd of [...waiting, ...late, last]) closeFd(fd);
  });
});

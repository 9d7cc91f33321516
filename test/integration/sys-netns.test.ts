import { expect, test } from "bun:test";
import { readlinkSync } from "node:fs";
import { adoptStream } from "../../src/sys/adopt.ts";
import { closeFd } from "../../src/sys/libc.ts";
import { inNetns } from "../../src/sys/netns.ts";
import { dialTcp, listenTcp, localAddress, peek } from "../../src/sys/socket.ts";
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
});

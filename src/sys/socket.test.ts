import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";
import { adoptStream } from "./adopt.ts";
import { closeFd, duplicate, type SystemError } from "./libc.ts";
import { tryLock } from "./lock.ts";
import { bindUdp, dialTcp, listenTcp, localAddress, peek, tcpInfo } from "./socket.ts";

async function connection(address: string) {
  const listener = listenTcp(address, 0);
  const { port } = localAddress(listener);
  const accepted: Bun.Socket[] = [];
  const server = Bun.listen({
    fd: listener,
    socket: { open: (socket: Bun.Socket) => void accepted.push(socket), data() {} },
  } as unknown as Bun.TCPSocketListenOptions);
  const fd = dialTcp(address, port);
  const peer = await eventually(() => accepted[0]);
  const stop = () => {
    closeFd(fd);
    server.stop(true);
  };
  return { fd, peer, stop };
}

test.each([["127.0.0.1"], ["::1"]])(
  "a look at a connection to %s tells open, data and end apart and takes nothing",
  async (ip) => {
    const { fd, peer, stop } = await connection(ip);
    await eventually(() => peek(fd) === "open");

    peer.write("hello");
    await eventually(() => peek(fd) === "data");
    expect(peek(fd)).toBe("data");
    const read = await new Promise<string>((resolve, reject) => {
      adoptStream(duplicate(fd), {
        data: (_, bytes) => resolve(bytes.toString()),
        error: (_, error) => reject(error),
      }).catch(reject);
    });

    expect(read).toBe("hello");
    stop();
  },
);

test("an unread end of stream is seen", async () => {
  const { fd, peer, stop } = await connection("127.0.0.1");

  peer.end();

  await eventually(() => peek(fd) === "fin");
  stop();
});

test("the kernel tells round trip time and retransmits of a connection", async () => {
  const { fd, stop } = await connection("127.0.0.1");
  await eventually(() => peek(fd) === "open");

  const info = tcpInfo(fd);

  expect(info?.rttUs).toBeGreaterThan(0);
  expect(info?.rttUs).toBeLessThan(1_000_000);
  expect(info?.retransmits).toBe(0);
  expect(info?.rtoUs).toBeGreaterThanOrEqual(100_000);
  expect(info?.rtoUs).toBeLessThan(10_000_000);
  expect(info?.busyUs).toBeLessThan(10_000_000);
  expect(tcpInfo(100_000)).toBeUndefined();
  stop();
});

test("one listener takes both families when it is told to", async () => {
  const listener = listenTcp("::", 0, { dualStack: true });
  const { port } = localAddress(listener);

  const fds = [dialTcp("127.0.0.1", port), dialTcp("::1", port)];

  await eventually(() => fds.every((fd) => peek(fd) === "open"));
  for (const fd of [...fds, listener]) closeFd(fd);
});

test("a taken port says so by name", () => {
  const listener = listenTcp("127.0.0.1", 0);
  const { port } = localAddress(listener);

  expect(() => listenTcp("127.0.0.1", port)).toThrow(`EADDRINUSE (127.0.0.1 port ${port})`);

  closeFd(listener);
});

test("with reusePort several listeners share a port", () => {
  const one = listenTcp("127.0.0.1", 0, { reusePort: true });
  const two = listenTcp("127.0.0.1", localAddress(one).port, { reusePort: true });

  closeFd(one);
  closeFd(two);
});

test("a refused connection is refused by name, at once or soon", async () => {
  const listener = listenTcp("127.0.0.1", 0);
  const { port } = localAddress(listener);
  closeFd(listener);

  let refused: unknown;
  try {
    const fd = dialTcp("127.0.0.1", port);
    await eventually(() => peek(fd) === "error");
    closeFd(fd);
  } catch (thrown) {
    refused = thrown;
  }

  if (refused) expect((refused as SystemError).errnoName).toBe("ECONNREFUSED");
});

test("a UDP socket is bound where it was asked for", async () => {
  const fd = bindUdp("::1", 0);

  expect(localAddress(fd).address).toBe("::1");

  closeFd(fd);
});

test("a name is no address", () => {
  expect(() => dialTcp("localhost", 80)).toThrow("not an IP address: localhost");
});

test("a lock is held by one, and free again when that one lets go", () => {
  const directory = mkdtempSync(join(tmpdir(), "lock-"));
  const path = join(directory, "lock");

  const first = tryLock(path);
  const second = tryLock(path);
  if (first === "held") throw new Error("a fresh lock is held");
  first.release();
  const third = tryLock(path);

  expect(second).toBe("held");
  expect(third).not.toBe("held");
  rmSync(directory, { recursive: true });
});

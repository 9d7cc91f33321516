import { afterAll, beforeAll, expect, test } from "bun:test";
import { DNS_ADDRESS } from "../../src/model/address.ts";
import type { HostAnswer, HostRequest } from "../../src/model/messages.ts";
import { type Channel, channelPair, openChannel } from "../../src/sys/channel.ts";
import { closeFd, closeFds } from "../../src/sys/libc.ts";
import { dialTcp, listenTcp, localAddress } from "../../src/sys/socket.ts";
import { eventually } from "../support/eventually.ts";
import {
  type Agent,
  attach,
  httpServer,
  identity,
  output,
  processesOf,
  readyPort,
  routable,
  serviceConfig,
  startAgent,
  testDirectory,
} from "../support/mesh.ts";
import { sandboxed } from "../support/sandboxed.ts";

// The test is the host: it dials a server of its own, whatever outside address was asked for.
sandboxed(import.meta.path, () => {
  const directory = testDirectory();
  const web = identity(1, "web", [8080]);
  const asked: HostRequest[] = [];
  let agent: Agent;
  let netns: string;
  let host: Channel<HostRequest, HostAnswer>;
  let outside: Bun.Server<undefined>;

  beforeAll(async () => {
    outside = Bun.serve({
      port: 0,
      hostname: "127.0.0.1",
      fetch: (request) => new Response(`outside ${request.headers.get("host")}`),
    });
    agent = await startAgent(directory.ingest, 1);
    agent.channel.send({ type: "config", config: serviceConfig(["web"]) });
    link();
    netns = await attach(agent, web);
    routable(agent, web);
  });

  afterAll(() => {
    agent.process.kill("SIGKILL");
    directory.remove();
  });

  function link(): void {
    const { here, there } = channelPair();
    host = openChannel<HostRequest, HostAnswer>(here);
    host.onMessage((request) => {
      asked.push(request);
      const { id } = request;
      if (request.type === "resolve") {
        const addresses = request.family === 4 ? ["192.0.2.7"] : ["2001:db8::7"];
        return host.send({ type: "resolved", id, rcode: "NOERROR", addresses, ttlS: 30 });
      }
      if (request.address === "192.0.2.99") {
        return host.send({ type: "dialed", id, ok: false, error: "unreachable", detail: "no route" });
      }
      const fd = dialTcp("127.0.0.1", outside.port as number);
      host.send({ type: "dialed", id, ok: true }, [fd]);
      closeFd(fd);
    });
    agent.channel.send({ type: "egressLink" }, there);
    closeFds(there);
  }

  const curl = (address: string, name = "api.example.com") =>
    output(netns, [
      "python3",
      "-c",
      `
import urllib.request
try:
    host = "[${address}]" if ":" in "${address}" else "${address}"
    print(urllib.request.urlopen(urllib.request.Request("http://" + host + "/", headers={"Host": "${name}"}), timeout=5).read().decode())
except Exception as e: print(getattr(e, "reason", e))`,
    ]);

  test.each([["192.0.2.7"], ["2001:db8::7"]])(
    "a call to an outside address goes through the host: %s",
    async (address) => {
      expect(await curl(address)).toBe("outside api.example.com");

      expect(asked.findLast(({ type }) => type === "egress")).toMatchObject({ source: web.key, address, port: 80 });
    },
  );

  test("an outside address that cannot be reached says so", async () => {
    expect(await curl("192.0.2.99")).toBe("Bad Gateway");
  });

  test("an outside name is resolved by the host's resolver", async () => {
    const script = `
import socket, struct
for server, kind in (("${DNS_ADDRESS.v4}", 1), ("${DNS_ADDRESS.v6}", 28)):
    s = socket.socket(socket.AF_INET6 if kind == 28 else socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3)
    q = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"\\x03api\\x07example\\x03com\\0" + struct.pack("!HH", kind, 1)
    s.sendto(q, (server, 53)); a = s.recv(512)
    print(socket.inet_ntop(s.family, a[-16:] if kind == 28 else a[-4:]))`;

    expect(await output(netns, ["python3", "-c", script])).toBe("192.0.2.7\n2001:db8::7");
  });

  test("forbidden addresses are never asked of the host", async () => {
    asked.length = 0;

    for (const address of ["169.254.169.254", "100.100.100.200", "fd00:ec2::254"]) {
      expect(await curl(address)).toMatch(/refused|unreachable/);
    }

    expect(asked).toEqual([]);
  });

  test("a host that comes back is asked again", async () => {
    const wanted = () => agent.got.filter(({ message }) => message.type === "egressLinkWanted").length;
    const before = wanted();

    host.close();
    await eventually(() => wanted() > before);
    expect(await curl("192.0.2.8")).toBe("Bad Gateway");
    link();

    await eventually(async () => (await curl("192.0.2.8")) === "outside api.example.com", { everyMs: 50 });
  });

  test("with egress off nothing outside is reached or resolved, and switched on again it is", async () => {
    agent.channel.send({ type: "config", config: { ...serviceConfig(["web"], false), version: 2 } });

    await eventually(async () => (await curl("192.0.2.7")).includes("refused"), { everyMs: 50 });
    agent.channel.send({ type: "config", config: { ...serviceConfig(["web"]), version: 3 } });

    await eventually(async () => (await curl("192.0.2.7")) === "outside api.example.com", { everyMs: 50 });
  });

  test("a published port is served by every worker, through its restart too", async () => {
    httpServer(netns, 8080, "published");
    await readyPort(agent, web.key, 8080);
    const fd = listenTcp("127.0.0.1", 0);
    const { port } = localAddress(fd);
    const listener = { id: 1, hostAddress: "127.0.0.1", hostPort: port, service: "web", targetPort: 8080 };
    agent.channel.send({ type: "published", listener }, [fd]);
    closeFd(fd);
    const get = async () => (await fetch(`http://127.0.0.1:${port}/`)).text();
    await eventually(async () => (await get()).startsWith("published"), { everyMs: 50 });

    // the only worker: its connections wait in the queue until it is back
    const worker = (await processesOf(agent)).find(({ role }) => role === "worker");
    process.kill(worker?.pid as number, "SIGKILL");

    expect(await eventually(get, { everyMs: 50 })).toStartWith("published");
    agent.channel.send({ type: "unpublished", id: 1 });
    await eventually(
      () =>
        get().then(
          () => false,
          () => true,
        ),
      { everyMs: 50 },
    );
  });
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DNS_ADDRESS, serviceAddress } from "../../src/model/address.ts";
import { channelPair } from "../../src/sys/channel.ts";
import { closeFds } from "../../src/sys/libc.ts";
import { privileges } from "../../src/sys/privileges.ts";
import { eventually } from "../support/eventually.ts";
import {
  type Agent,
  attach,
  httpServer,
  identity,
  type Observed,
  observe,
  output,
  processesOf,
  readyPort,
  routable,
  serviceConfig,
  socketsOf,
  startAgent,
  testDirectory,
} from "../support/mesh.ts";
import { sandboxed } from "../support/sandboxed.ts";

sandboxed(import.meta.path, () => {
  const directory = testDirectory();
  const web = identity(1, "web");
  const cart = identity(2, "cart", [8080]);
  const lateCart = identity(3, "cart", [8080]);
  const db = identity(4, "db", [5432]);
  let agent: Agent;
  const hostEnds: number[] = []; // of links to the outside, where nobody answers
  let maker: Agent; // of the workloads' sockets, which every later one takes over
  let observed: Observed;
  let netns: { web: string; cart: string; db: string };

  beforeAll(async () => {
    observed = observe(directory.ingest);
    agent = await startAgent(directory.ingest);
    maker = agent;
    agent.channel.send({ type: "config", config: serviceConfig(["web", "cart", "db", "idle"]) });
    netns = { web: await attach(agent, web), cart: await attach(agent, cart), db: await attach(agent, db) };
    for (const workload of [web, cart, db]) routable(agent, workload);
    httpServer(netns.cart, 8080, "cart");
    httpServer(netns.db, 5432, "db", "127.0.0.1");
    await readyPort(agent, cart.key, 8080);
    await readyPort(agent, db.key, 5432);
  });

  afterAll(() => {
    closeFds(hostEnds);
    agent.process.kill("SIGKILL");
    observed.stop();
    directory.remove();
  });

  /** What a program in web's namespace reads from a service, or its failure. It asks our resolver by itself. */
  async function call(url: string, from = netns.web): Promise<string> {
    const script = `
import socket, struct, sys, urllib.request, random
def resolve(name, kind, server):
    s = socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM); s.settimeout(3)
    q = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"".join(bytes([len(l)]) + l.encode() for l in name.split(".")) + b"\\0" + struct.pack("!HH", kind, 1)
    s.sendto(q, (server, 53)); a = s.recv(4096); n = struct.unpack("!H", a[6:8])[0]
    if not n: raise OSError("rcode %d" % (a[3] & 15))
    return socket.inet_ntop(socket.AF_INET6 if kind == 28 else socket.AF_INET, a[-16:] if kind == 28 else a[-4:])
real = socket.getaddrinfo
v6 = "${url}".startswith("v6+")
def mine(host, port, *a, **k):
    address = resolve(host, 28, "${DNS_ADDRESS.v6}") if v6 else resolve(host, 1, "${DNS_ADDRESS.v4}")
    return real(address, port, *a, **k)
socket.getaddrinfo = mine
try:
    with urllib.request.urlopen("${url}".removeprefix("v6+"), timeout=5) as r: print(r.read().decode())
except Exception as e: print(getattr(e, "reason", e))`;
    return output(from, ["python3", "-c", script]);
  }

  const until = async (url: string, text: string) =>
    eventually(async () => (await call(url)).includes(text), { withinMs: 8000, everyMs: 50 });

  const worker = async (index: number) => {
    const found = (await processesOf(agent)).find((one) => one.role === "worker" && one.index === index);
    if (!found) throw new Error(`no worker ${index}`);
    return found;
  };

  test("a service is called by its name, over IPv4 and IPv6", async () => {
    expect(await call("http://cart:8080/")).toStartWith("cart ");
    expect(await call("v6+http://cart:8080/")).toStartWith("cart ");
    expect(await call("http://cart.shop.svc.cluster.local:8080/")).toStartWith("cart ");
  });

  test("a declared port on loopback is reached through the mesh", async () => {
    expect(await call("http://db:5432/")).toBe("db 127.0.0.1");
  });

  test("a name without a ready workload, or a port nobody listens on, is refused as without a mesh", async () => {
    expect(await call("http://idle:8080/")).toContain("Connection refused");
    expect(await call("http://cart:8081/")).toContain("Connection refused");
    expect(await call("v6+http://idle:8080/")).toContain("Connection refused");
  });

  test("a service calls itself through the mesh as well", async () => {
    expect(await call("http://cart:8080/", netns.cart)).toStartWith("cart ");
  });

  test("a second workload takes part once it is routable, and no more once it drains", async () => {
    const path = await attach(agent, lateCart);
    httpServer(path, 8080, "late");
    await readyPort(agent, lateCart.key, 8080);
    for (let i = 0; i < 4; i++) expect(await call("http://cart:8080/")).toStartWith("cart ");

    routable(agent, lateCart);
    await until("http://cart:8080/", "late");
    agent.channel.send({ type: "drain", key: lateCart.key });
    await eventually(() => agent.got.some((one) => one.message.type === "drained" && one.message.key === lateCart.key));

    for (let i = 0; i < 6; i++) expect(await call("http://cart:8080/")).toStartWith("cart ");
  });

  test("a detached workload's namespace is gone", async () => {
    agent.channel.send({ type: "detach", key: lateCart.key });

    await eventually(() =>
      agent.got.some((one) => one.message.type === "detached" && one.message.key === lateCart.key),
    );

    expect(readdirSync("/run/netns")).not.toContain("mesh-3");
  });

  test("a workload that comes and goes between two samples is named in one of them", async () => {
    const brief = { ...lateCart, key: 77, id: "run-1", service: "run" };
    await attach(agent, brief);
    routable(agent, brief);
    agent.channel.send({ type: "detach", key: brief.key });

    const named = await eventually(() =>
      observed.samples.flatMap(({ workloads }) => workloads).find(({ key, state }) => key === 77 && state === "exited"),
    );

    expect(named.id).toBe("run-1");
  });

  test("a workload that is not routable any more is refused, and served again when it is", async () => {
    routable(agent, cart, false);
    await eventually(async () => (await call("http://cart:8080/")).includes("refused"), { everyMs: 50 });

    routable(agent, cart, true);

    await until("http://cart:8080/", "cart");
  });

  test("the resolver knows services before anybody serves them, and answers over TCP too", async () => {
    const script = `
import socket, struct
q = struct.pack("!HHHHHH", 7, 0x100, 1, 0, 0, 0) + b"\\x04idle\\0" + struct.pack("!HH", 1, 1)
s = socket.create_connection(("${DNS_ADDRESS.v4}", 53), 3); s.sendall(struct.pack("!H", len(q)) + q)
n = struct.unpack("!H", s.recv(2))[0]; print(socket.inet_ntoa(s.recv(n)[-4:]))`;

    expect(await call("http://idle:1/")).toContain("refused"); // it has an address
    expect(await output(netns.web, ["python3", "-c", script])).toBe(serviceAddress(4).v4);
  });

  test("a name of the outside is asked of the host, and fails at once without one", async () => {
    expect(await call("http://example.com:80/")).toContain("rcode 2");
  });

  test("spans and samples reach the observatory", async () => {
    await call("http://cart:8080/some/path?secret=1");

    const batch = await eventually(() => observed.batches.find((one) => one.paths.includes("/some/path")));
    const row = batch.paths.indexOf("/some/path");
    const sample = await eventually(() =>
      observed.samples.find((one) => one.workloads.some((w) => w.key === cart.key && w.readyPorts.length)),
    );

    expect(batch.columns.source[row]).toBe(web.key);
    expect(batch.columns.workload[row]).toBe(cart.key);
    expect(batch.columns.status[row]).toBe(200);
    expect(sample.services.map(({ name }) => name)).toEqual(["web", "cart", "db", "idle"]);
    expect(sample.workloads.find(({ key }) => key === cart.key)?.readyPorts).toEqual([8080]);
    expect(sample.lost).toEqual({ ring: 0, upload: 0 });
    const sequences = observed.batches.map(({ header }) => header.sequence);
    expect(sequences).toEqual(sequences.map((_, index) => index + 1));
  });

  test("workers hold no capability in any thread, are nobody, and can be neither traced nor read", async () => {
    const { pid } = await worker(0);

    const status = readFileSync(`/proc/${pid}/status`, "utf8");

    expect(privileges(pid)).toEqual({ capabilities: 0n, noNewPrivileges: true });
    expect(readdirSync(`/proc/${pid}/task`).length).toBeGreaterThan(1);
    if (readFileSync("/proc/self/uid_map", "utf8").includes("4294967295")) {
      expect(/^Uid:\s+(.*)$/m.exec(status)?.[1]?.split("\t")).toEqual(Array(4).fill("65534"));
      expect(/^Groups:[ \t]*(.*)$/m.exec(status)?.[1]).toBe("");
    }
    const stranger = ["unshare", "--user", "--map-user=1000"]; // as a workload is: of our user, in a namespace beside
    const peek = Bun.spawnSync([...stranger, "cat", `/proc/${pid}/environ`], { stdio: ["ignore", "pipe", "pipe"] });
    expect(peek.stderr.toString()).toContain("Permission denied");
  });

  test("open connections of a workload are counted over all workers", async () => {
    const script = `
import http.client, time
c = http.client.HTTPConnection("${serviceAddress(2).v4}", 8080); c.request("GET", "/"); c.getresponse().read(); time.sleep(30)`;
    const child = Bun.spawn(["nsenter", `--net=${netns.web}`, "python3", "-c", script]);

    const connections = () => observed.samples.at(-1)?.workloads.find(({ key }) => key === cart.key)?.connections ?? 0;
    await eventually(() => connections() >= 1);

    child.kill();
  });

  test("debug answers come from every worker", async () => {
    for (const [id, what] of (["connections", "config", "profile"] as const).entries()) {
      agent.channel.send({ type: "debug", id, what });
      const answer = await eventually(() =>
        agent.got.map((one) => one.message).find((one) => one.type === "debugAnswer" && one.id === id),
      );
      const { workers } = (answer as unknown as { answer: { workers: { worker: number; answer: unknown }[] } }).answer;
      expect(workers.map((one) => one.worker)).toEqual([0, 1]);
      if (what === "config") expect(workers[0]?.answer).toMatchObject({ project: "shop" });
      if (what === "profile") expect(workers[0]?.answer).toMatchObject({ periodMs: 1000 });
    }
  });

  test("a killed worker loses nothing but its own connections and comes back", async () => {
    const before = await worker(0);
    process.kill(before.pid, "SIGKILL");

    const results = await Promise.all(Array.from({ length: 12 }, () => call("http://cart:8080/")));

    expect(results.filter((text) => !text.startsWith("cart "))).toEqual([]);
    await eventually(async () => (await worker(0)).pid !== before.pid);
    for (let i = 0; i < 8; i++) expect(await call("http://cart:8080/")).toStartWith("cart ");
  });

  test("while the opener comes back, new connections wait", async () => {
    const opener = (await processesOf(agent)).find((one) => one.role === "opener");
    const asked = () => agent.got.filter((one) => one.message.type === "egressLinkWanted").length;
    const links = asked();
    process.kill(opener?.pid as number, "SIGKILL");

    const results = await Promise.all(Array.from({ length: 8 }, () => call("http://db:5432/")));

    expect(results).toEqual(Array(8).fill("db 127.0.0.1"));
    await eventually(() => asked() > links);
  });

  /** An agent that has been told everything and could lead at once, with the sockets of the one before. */
  async function successor(generation: number): Promise<Agent> {
    const next = await startAgent(directory.ingest, 2, generation);
    const { here, there } = channelPair();
    next.channel.send({ type: "egressLink" }, there);
    closeFds(there);
    hostEnds.push(...here);
    next.channel.send({ type: "config", config: serviceConfig(["web", "cart", "db", "idle"]) });
    for (const workload of [web, cart, db]) {
      await attach(next, workload, socketsOf(maker, workload));
      routable(next, workload);
    }
    next.channel.send({ type: "told" });
    await eventually(() => next.last("standing"));
    return next;
  }

  test("another agent takes over, and what the first one has begun is finished", async () => {
    const first = agent;
    const gate = join(directory.path, "gate");
    const script = `
import http.client
c = http.client.HTTPConnection("${serviceAddress(2).v4}", 8080); c.request("GET", "/until${gate}")
r = c.getresponse(); print(r.read().decode(), r.getheader("connection"))`;
    const begun = output(netns.web, ["python3", "-c", script]);
    const isOpen = async () => {
      first.channel.send({ type: "debug", id: 99, what: "connections" });
      return JSON.stringify(first.last("debugAnswer")).includes('"exchange"');
    };
    await eventually(isOpen);

    agent = await successor(1);
    agent.channel.send({ type: "lead" });
    first.channel.send({ type: "leave", graceMs: 20_000 });
    await eventually(() => first.last("left"));
    agent.channel.send({ type: "write" });

    for (let i = 0; i < 4; i++) expect(await call("http://cart:8080/")).toStartWith("cart ");
    expect(await call("http://idle:8080/")).toContain("Connection refused");
    expect(first.last("ended")).toBeUndefined();
    writeFileSync(gate, "");
    expect(await begun).toMatch(/^cart .* close$/);
    expect(await first.process.exited).toBe(0);
    expect(first.last("ended")).toEqual({ type: "ended", cut: 0 });
    await eventually(() => observed.batches.some((one) => one.paths.includes(`/until${gate}`)));
    agent.channel.send({ type: "alone" });
  });

  test("a supervisor that comes back takes over what its predecessor had attached, and who calls meanwhile waits", async () => {
    agent.process.kill("SIGKILL");
    await agent.process.exited;
    const waiting = call("http://cart:8080/");

    agent = await successor(1);
    for (const type of ["lead", "write", "alone"] as const) agent.channel.send({ type });

    expect(await waiting).toStartWith("cart ");
    await until("http://db:5432/", "db");
    expect(await call("http://idle:8080/")).toContain("Connection refused");
    await call("http://cart:8080/after");
    const batch = await eventually(() => observed.batches.find((one) => one.paths.includes("/after")));
    expect(batch.header.agent).not.toBe(observed.batches[0]?.header.agent as string); // another life, its own sequence
  });

  test("an agent whose runner is gone ends itself", async () => {
    const pids = (await processesOf(agent)).map((one) => one.pid);

    agent.channel.close();

    await eventually(() => pids.every((pid) => !isAlive(pid)));
  });
});

function isAlive(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

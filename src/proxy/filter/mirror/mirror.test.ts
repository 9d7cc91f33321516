import { expect, test } from "bun:test";
import { eventually } from "../../../../test/support/eventually.ts";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, type RawServer, rawClient } from "../../../../test/support/raw-tcp.ts";
import { match, prefix, route, rule, to } from "../../../../test/support/routes.ts";
import type { HttpFilter } from "../../../model/route.ts";
import { FLAG } from "../../../model/span.ts";
import { LIMITS } from "../../limits.ts";

const { serve, mesh } = proxyFixture();
const copyTo = (service: string, share = 1): HttpFilter => ({ type: "mirror", backend: { service, port: 80 }, share });

function mirrored(real: RawServer, copy: RawServer, filters: readonly HttpFilter[] = [copyTo("copy")]) {
  const one = rule({ filters, backends: [to("real")] });
  return mesh({ others: { real: [real.port], copy: [copy.port] }, routing: { http: [route([one])] } });
}

const heard = (server: RawServer) => server.connections.map(({ text }) => text).join("");

test("a copy goes to another service, in the same trace, and its answer goes nowhere", async () => {
  const [real, copy] = [serve(() => ok("real")), serve(() => ok("copy"))];
  const { port, spans } = await mirrored(real, copy);

  const client = await rawClient(port);
  await client.send("GET /a?b=c HTTP/1.1\r\nHost: app\r\nX: 1\r\n\r\n");
  await client.until("real");
  const found = await spans(2);
  const [original, copied] = [...found].sort((a, b) => (a.flags & FLAG.mirrored) - (b.flags & FLAG.mirrored));

  expect(client.text).toBe(ok("real"));
  expect(heard(copy)).toMatch(/^GET \/a\?b=c HTTP\/1\.1\r\nHost: app\r\nX: 1\r\ntraceparent: /);
  expect(original).toMatchObject({ service: 10, flags: 0, status: 200, source: 7 });
  expect(copied).toMatchObject({ service: 11, flags: FLAG.mirrored, status: 200, source: 7, rule: original?.rule });
  expect(copied?.trace3).toBe(original?.trace3 as number);
  expect(copied?.client1).not.toBe(original?.client1 as number);
});

test("a body is copied as it comes, by length and in chunks", async () => {
  const [real, copy] = [serve((text) => (text.includes("end") ? ok("real") : undefined)), serve()];
  const { port } = await mirrored(real, copy);

  const client = await rawClient(port);
  await client.send("POST /length HTTP/1.1\r\nHost: app\r\nContent-Length: 9\r\n\r\nfirst ");
  await copy.connection(0).then((connection) => connection.until("first "));
  await client.send("endPOST /chunks HTTP/1.1\r\nHost: app\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nend\r\n0\r\n\r\n");
  await client.until(/real[\s\S]*real/);

  await eventually(() => heard(copy).includes("\r\n\r\nfirst end") && heard(copy).includes("3\r\nend\r\n0\r\n\r\n"));
});

test("the copy gets what the service gets: changed headers, path and host", async () => {
  const [real, copy] = [serve(() => ok("real")), serve()];
  const { port } = await mirrored(real, copy, [
    copyTo("copy"),
    { type: "requestHeaders", set: [{ name: "X-Env", value: "test" }], add: [], remove: [] },
    { type: "rewrite", hostname: "other.example", path: { type: "full", value: "/new" } },
  ]);

  const client = await rawClient(port);
  await client.send("GET /old HTTP/1.1\r\nHost: app\r\n\r\n");
  await client.until("real");

  await eventually(() => heard(copy).includes("GET /new HTTP/1.1\r\nHost: other.example\r\nX-Env: test\r\n"));
});

test("several mirrors get a copy each", async () => {
  const [real, one, two] = [serve(() => ok("real")), serve(), serve()];
  const { port } = await mesh({
    others: { real: [real.port], one: [one.port], two: [two.port] },
    routing: { http: [route([rule({ filters: [copyTo("one"), copyTo("two")], backends: [to("real")] })])] },
  });

  const client = await rawClient(port);
  await client.send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 3\r\n\r\nabc");
  await client.until("real");
  for (const server of [one, two]) await eventually(() => heard(server).endsWith("\r\n\r\nabc"));
});

test("a share of the requests is copied", async () => {
  const [real, copy] = [serve((text) => ok("real").repeat(text.match(/^GET/gm)?.length ?? 0)), serve(() => ok("copy"))];
  const { port, spans } = await mirrored(real, copy, [copyTo("copy", 0.25)]);

  const client = await rawClient(port);
  let copies = 0;
  for (let i = 0; i < 400; i++) {
    const before = client.receivedBytes;
    await client.send("GET / HTTP/1.1\r\nHost: app\r\n\r\n");
    await eventually(() => client.receivedBytes > before, { everyMs: 1 });
  }
  for (let rest = 400; rest > 0; ) {
    const found = await spans(1);
    copies += found.filter(({ flags }) => flags & FLAG.mirrored).length;
    rest -= found.filter(({ flags }) => !(flags & FLAG.mirrored)).length;
  }

  // four standard deviations
  expect(Math.abs(copies - 100)).toBeLessThan(36);
});

/** nobody listens there, and nobody will: a port that was closed may be another test's a moment later */
const REFUSING_PORT = 1;

test.each(["refuses", "resets"])("a mirror that %s costs the request nothing", async (how) => {
  const real = serve(() => ok("real"));
  const copy = serve((_, connection) => {
    connection.reset();
    return undefined;
  });
  const { port, spans } = await mesh({
    others: { real: [real.port], copy: [how === "refuses" ? REFUSING_PORT : copy.port] },
    routing: { http: [route([rule({ filters: [copyTo("copy")], backends: [to("real")] })])] },
  });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: app\r\n\r\n");

  expect(await client.until("real")).toBe(ok("real"));
  const copied = (await spans(2)).find(({ flags }) => flags & FLAG.mirrored);
  expect(copied?.errorCode).toStartWith("upstream_");
});

test("a mirror that does not read is given up, and the request goes on at its own speed", async () => {
  const megabytes = 64;
  const body = Buffer.alloc(1 << 20, "x");
  const real = serve((text) => (text.endsWith("END") ? ok("real") : undefined), { keepText: false });
  const copy = serve((_, connection) => {
    connection.pause();
    return undefined;
  });
  const { port, spans } = await mirrored(real, copy);

  const client = await rawClient(port);
  await client.send(`POST / HTTP/1.1\r\nHost: app\r\nContent-Length: ${megabytes * body.length + 3}\r\n\r\n`);
  for (let i = 0; i < megabytes; i++) await client.send(body);
  await client.send("END");

  await client.until("real");
  const copied = (await spans(2)).find(({ flags }) => flags & FLAG.mirrored);
  expect(copied?.errorCode).toBe("mirror_behind");
}, 30_000);

test("when the caller goes away in the middle of its request, the copy ends too", async () => {
  const [real, copy] = [serve(), serve()];
  const { port, spans } = await mirrored(real, copy);

  const client = await rawClient(port);
  await client.send("POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 9\r\n\r\nhalf");
  const connection = await copy.connection(0);
  await connection.until("half");
  client.reset();

  expect((await spans(2)).map(({ errorCode }) => errorCode)).toEqual(["client_gone", "client_gone"]);
  expect(await connection.ended()).not.toBe("open");
});

test("an upgrade is not copied", async () => {
  const [real, copy] = [serve(() => ok("plain")), serve()];
  const { port } = await mirrored(real, copy);

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: app\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  await client.until("plain");
  await client.send("GET / HTTP/1.1\r\nHost: app\r\n\r\n");

  await eventually(() => heard(copy).match(/^GET/gm)?.length === 1);
});

test("copies have a limit of their own, beyond which requests are not copied", async () => {
  const [real, copy] = [serve((text) => ok("r").repeat(text.match(/^GET/gm)?.length ?? 0)), serve()];
  const { port, spans } = await mirrored(real, copy);
  const client = await rawClient(port);
  for (let round = 0; round < 11; round++) {
    await client.send("GET / HTTP/1.1\r\nHost: app\r\n\r\n".repeat(100));
    await spans(100);
  }

  expect(copy.connections.length).toBeLessThanOrEqual(LIMITS.mirrors);
}, 60_000);

test("a rule of its own decides what is copied", async () => {
  const [real, copy] = [serve(() => ok("real")), serve()];
  const { port } = await mesh({
    others: { real: [real.port], copy: [copy.port] },
    routing: {
      http: [
        route([
          rule({ matches: [match({ path: prefix("/a") })], filters: [copyTo("copy")], backends: [to("real")] }),
          rule({ backends: [to("real")] }),
        ]),
      ],
    },
  });

  const client = await rawClient(port);
  await client.send("GET /b HTTP/1.1\r\nHost: app\r\n\r\n");
  await client.until("real");
  await client.send("GET /a HTTP/1.1\r\nHost: app\r\n\r\n");
  await eventually(() => heard(copy).includes("GET /a"));
  expect(heard(copy)).not.toContain("GET /b");
});

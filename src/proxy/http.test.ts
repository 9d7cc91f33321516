// HTTP/1.1 through the data plane: what each side sees of the other.
import { expect, test } from "bun:test";
import { proxyFixture } from "../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../test/support/raw-tcp.ts";

const { serve, mesh } = proxyFixture();

test("a request reaches the service as it was sent, and the answer comes back", async () => {
  const server = serve(() => ok("hello", "X-CasE: Kept\r\n"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET /a?b=c HTTP/1.1\r\nHost: app:8080\r\nX-Odd-CASE: 1\r\n\r\n");

  expect(await client.until("hello")).toBe("HTTP/1.1 200 OK\r\nX-CasE: Kept\r\nContent-Length: 5\r\n\r\nhello");
  expect(server.connections[0]?.text).toMatch(
    /^GET \/a\?b=c HTTP\/1\.1\r\nHost: app:8080\r\nX-Odd-CASE: 1\r\ntraceparent: 00-[0-9a-f]{32}-[0-9a-f]{16}-01\r\n\r\n$/,
  );
});

test("pipelined requests are answered in order, the slow one first", async () => {
  const server = serve((text) => (text.startsWith("GET /slow") ? undefined : ok(text.split(" ")[1] ?? "")));
  const { port } = await mesh({ instances: [server.port] });
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

  const client = await rawClient(port);
  await client.send(get("/slow") + get("/2") + get("/3") + get("/4"));
  const slow = await server.connection(0);
  await slow.until("/slow");
  await slow.send(ok("/slow"));

  const text = await client.until("/4");
  expect(text.match(/^\/(slow|\d)/gm)).toEqual(["/slow", "/2", "/3", "/4"]);
});

test("a POST's body behind its head, and a pipelined request behind that body, are told apart", async () => {
  const server = serve((text) => ok(`<${text.split("\r\n\r\n")[1]}>`));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /next HTTP/1.1\r\nHost: a\r\n\r\n");

  await client.until("<abc>");
  await client.until("<>");
  expect(server.connections.map(({ text }) => text).join("")).toContain("abcGET /next");
});

test("a chunked request is carried in chunks, with its trailers", async () => {
  const server = serve((text) => (text.includes("0\r\n") ? ok("done") : undefined));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n");
  await client.send("5;ext=1\r\nhello\r\n");
  await client.send("0\r\nX-Sum: 42\r\n\r\n");
  await client.until("done");

  const received = server.connections[0]?.text ?? "";
  expect(received).toContain("Transfer-Encoding: chunked\r\n");
  expect(received.split("\r\n\r\n").slice(1).join("\r\n\r\n")).toBe("5\r\nhello\r\n0\r\nX-Sum: 42\r\n\r\n");
});

test("a chunked answer in crooked pieces arrives whole, with its trailers, and the connection is kept", async () => {
  const server = serve((text, connection) => {
    if (text.includes("/second")) return ok("again");
    const pieces = [
      "HTTP/1.1 200 OK\r\nTransfer-Enco",
      "ding: chunked\r\n\r\n3\r",
      "\nabc\r\n4\r\nde",
      "fg\r\n0\r\nX-T: 1\r\n\r\n",
    ];
    void (async () => {
      for (const piece of pieces) {
        await connection.send(piece);
        await new Promise(setImmediate);
      }
    })();
    return undefined;
  });
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const text = await client.until("X-T: 1\r\n\r\n");
  await client.send("GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.until("again");

  const content = [...text.matchAll(/\r\n\d\r\n([a-g]+)(?=\r\n)/g)].map(([, data]) => data).join("");
  expect(content).toBe("abcdefg");
  expect(server.connections).toHaveLength(1);
});

test("the answer to HEAD has a length and no body, and the next answer is not taken for it", async () => {
  const server = serve((text) =>
    text.startsWith("HEAD") ? "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" : ok("got"),
  );
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

  expect(await client.until("got")).toBe(`HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n${ok("got")}`);
});

test.each([
  ["204", "HTTP/1.1 204 No Content\r\n\r\n"],
  [
    "304 with the length of what it does not send",
    'HTTP/1.1 304 Not Modified\r\nETag: "1"\r\nContent-Length: 99\r\n\r\n',
  ],
])("%s has no body", async (_, answer) => {
  const server = serve((text) => (text.includes("/bare") ? answer : ok("next")));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET /bare HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");

  expect(await client.until("next")).toBe(answer + ok("next"));
});

test("100 Continue and 103 Early Hints are passed on before the final answer", async () => {
  const server = serve((text) => {
    if (text.includes("Expect"))
      return "HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n";
    return ok("stored");
  });
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  await client.until("HTTP/1.1 100 Continue\r\n\r\n");
  await client.send("data");

  expect(await client.until("stored")).toContain("HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n");
  expect(server.connections[0]?.text.endsWith("\r\n\r\ndata")).toBe(true);
});

test("a refusal instead of 100 Continue ends the connection, because a body may or may not follow", async () => {
  const server = serve(() => "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("PUT / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");

  expect(await client.until("413")).toContain("Connection: close\r\n");
  expect(await client.ended()).toBe("fin");
});

test("an answer before the request is complete arrives, and the rest of the body is not taken for a request", async () => {
  const server = serve((text) => (text.startsWith("POST") ? ok("early") : ok("next")));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 45\r\n\r\n");
  await client.until("early");
  await client.send("GET /evil HTTP/1.1\r\nHost: a\r\nX: 012345678\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");

  await client.until("next");
  expect(server.connections).toHaveLength(2);
  expect(server.connections[1]?.text).toStartWith("GET /next");
});

test("a body that lasts until the close is framed in chunks, so that the client's connection is kept", async () => {
  const server = serve((text, connection) => {
    if (text.includes("/again")) return ok("kept");
    void connection.send("HTTP/1.0 200 OK\r\nX: 1\r\n\r\nuntil the end").then(() => connection.finish());
    return undefined;
  });
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  const text = await client.until("0\r\n\r\n");
  await client.send("GET /again HTTP/1.1\r\nHost: a\r\n\r\n");

  expect(text).toBe("HTTP/1.1 200 OK\r\nX: 1\r\nTransfer-Encoding: chunked\r\n\r\nd\r\nuntil the end\r\n0\r\n\r\n");
  await client.until("kept");
});

test("an HTTP/1.0 client gets a chunked answer plain, ended by the close", async () => {
  const server = serve(() => "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nplain\r\n0\r\n\r\n");
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.0\r\nHost: a\r\n\r\n");

  expect(await client.ended()).toBe("fin");
  expect(client.text).toBe("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nplain");
});

test("an HTTP/1.0 client that asks for it keeps its connection", async () => {
  const server = serve(() => ok("tenth"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  expect(await client.until("tenth")).toContain("Connection: keep-alive\r\n");
  await client.send("GET / HTTP/1.0\r\n\r\n");

  expect(await client.ended()).toBe("fin");
  expect(client.text.match(/tenth/g)).toHaveLength(2);
});

test("`Connection: close` from the client is honoured, and not passed on", async () => {
  const server = serve(() => ok("bye"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: 5\r\n\r\n");

  expect(await client.ended()).toBe("fin");
  expect(client.text).toContain("Connection: close\r\n");
  expect(server.connections[0]?.text).not.toMatch(/connection|x-hop|keep-alive/i);
});

test("an upgrade becomes a tunnel, with what was sent ahead on either side", async () => {
  const server = serve((text) => {
    if (!text.startsWith("GET")) return `echo:${text}`;
    return "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nwelcome;";
  });
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\n");
  const head = await client.until("welcome;");
  await client.send("\x00\xff anything");
  await client.until("echo:\x00\xff anything");
  client.finish();
  (await server.connection(0)).finish();

  expect(head).toBe("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: chat\r\n\r\nwelcome;");
  expect(server.connections[0]?.text).toContain("Connection: Upgrade\r\nUpgrade: chat\r\n");
  const [span] = await spans(1);
  expect(span).toMatchObject({ status: 101, path: "/chat", error: 0, requestBytes: 11, responseBytes: 24 });
});

test("an upgrade to h2c is not passed on: the answer stays HTTP/1.1", async () => {
  const server = serve(() => ok("plain"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(
    "GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n",
  );
  await client.until("plain");

  expect(server.connections[0]?.text).not.toMatch(/upgrade|http2-settings/i);
});

test("CONNECT goes to the service that was called, as a tunnel", async () => {
  const server = serve((text) => (text.startsWith("CONNECT") ? "HTTP/1.1 200 Established\r\n\r\n" : `>${text}`));
  const { port } = await mesh({ instances: [server.port], protocol: "http" });

  const client = await rawClient(port);
  await client.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");
  await client.until("Established\r\n\r\n");
  await client.send("\x16\x03\x01");

  await client.until(">\x16\x03\x01");
});

test("CONNECT through a published port is refused", async () => {
  const server = serve(() => ok("never"));
  const { published } = await mesh({ instances: [server.port] });

  const client = await rawClient(published);
  await client.send("CONNECT example.com:443 HTTP/1.1\r\nHost: example.com:443\r\n\r\n");

  // CONNECT's target is no path, so only the declared protocol or the whole request line makes it HTTP
  expect(await client.until("405")).toContain("Proxy-Status: meshwise; error=http_request_denied");
  expect(server.connections).toHaveLength(0);
});

test("through a published port the service learns the client's address and name, and not what the client claims", async () => {
  const server = serve(() => ok("in"));
  const { published } = await mesh({ instances: [server.port] });

  const client = await rawClient(published);
  await client.send(
    "GET / HTTP/1.1\r\nHost: shop.example:80\r\nX-Forwarded-For: 9.9.9.9\r\nFORWARDED: for=9.9.9.9\r\nX-Real-IP: 9.9.9.9\r\nA: b\r\n\r\n",
  );
  await client.until("in");

  const received = server.connections[0]?.text ?? "";
  expect(received).toContain("Host: shop.example:80\r\nA: b\r\n");
  expect(received).toContain(
    "X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\nX-Forwarded-Host: shop.example:80\r\n",
  );
  expect(received).not.toContain("9.9.9.9");
});

test("each request of a connection is forwarded for the name that it calls itself", async () => {
  const server = serve(() => ok("in"));
  const { published } = await mesh({ instances: [server.port] });

  const client = await rawClient(published);
  for (const host of ["a.example", "b.example", "a.example"]) {
    await client.send(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  }
  await client.send("GET / HTTP/1.0\r\n\r\n");
  await client.until("close");

  const received = server.connections.map(({ text }) => text).join("");
  expect(received.match(/(?<=X-Forwarded-Host: ).*/g)).toEqual(["a.example", "b.example", "a.example"]);
});

test("inside the mesh nothing is added or taken from what a caller forwards", async () => {
  const server = serve(() => ok("in"));
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 9.9.9.9\r\n\r\n");
  await client.until("in");

  expect(server.connections[0]?.text.match(/x-forwarded.*/gi)).toEqual(["X-Forwarded-For: 9.9.9.9"]);
});

test("a caller that half-closes after its request still gets its answer", async () => {
  const server = serve();
  const { port } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  client.finish();
  const connection = await server.connection(0);
  await connection.until("\r\n\r\n");
  await connection.send(ok("for nc -N"));

  await client.until("for nc -N");
  expect(await client.ended()).not.toBe("reset");
});

test.each([
  [
    "Content-Length and Transfer-Encoding",
    400,
    "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
  ],
  ["two Content-Lengths", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc"],
  ["a space before the colon", 400, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 3\r\n\r\nabc"],
  ["a bare line feed", 400, "GET / HTTP/1.1\r\nHost: a\nX: 1\r\n\r\n"],
  ["no Host", 400, "GET / HTTP/1.1\r\n\r\n"],
  ["an unknown coding", 501, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"],
  ["a bad chunk size", 400, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
  ["a head without end", 431, `GET / HTTP/1.1\r\nHost: a\r\n${`X: ${"y".repeat(1000)}\r\n`.repeat(70)}`],
])("%s is refused with %s, the connection ends", async (_, status, request) => {
  const server = serve();
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send(`${request}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.ended();

  expect(client.text).toStartWith(`HTTP/1.1 ${status} `);
  expect(client.text).toContain("Connection: close\r\n");
  expect(client.text.match(/^HTTP\/1\.1 \d/gm)).toHaveLength(1);
  expect(server.connections.map(({ text }) => text).join("")).not.toContain("smuggled");
  expect((await spans(1))[0]).toMatchObject({ status });
});

test.each([
  ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"],
  ["no HTTP", "SSH-2.0-OpenSSH_9.2\r\n\r\n"],
  ["101 that nobody asked for", "HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n"],
])("an answer with %s becomes a 502 that says so", async (_, answer) => {
  const server = serve(() => answer);
  const { port, spans } = await mesh({ instances: [server.port] });

  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

  expect(await client.until("502")).toContain("Proxy-Status: meshwise; error=http_protocol_error; details=");
  expect((await spans(1))[0]).toMatchObject({ status: 502, errorCode: "response_invalid" });
});

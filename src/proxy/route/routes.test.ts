// HTTPRoutes and TCPRoutes over real sockets: what the services see of a request, and the caller of an answer.
import { expect, test } from "bun:test";
import { eventually } from "../../../test/support/eventually.ts";
import { proxyFixture } from "../../../test/support/proxy-fixture.ts";
import type { Mesh } from "../../../test/support/proxy-harness.ts";
import { GATE } from "../../../test/support/proxy-harness.ts";
import { ok, type RawServer, rawClient } from "../../../test/support/raw-tcp.ts";
import { exact, match, prefix, route, rule, tcpRoute, to } from "../../../test/support/routes.ts";
import { type HeaderChange, type HttpFilter, type HttpRoute, NO_ROUTING, type PathChange } from "../../model/route.ts";
import { DEFAULT_POLICY } from "../../model/traffic-policy.ts";

const { serve, mesh } = proxyFixture();

/** Answers with its name and the head that it got. */
function echo(name: string): RawServer {
  return serve((text) => (text.endsWith("\r\n\r\n") ? ok(`${name}:${text}`) : undefined));
}

async function ask(port: number, head: string): Promise<string> {
  const client = await rawClient(port);
  await client.send(`${head}\r\n\r\n`);
  const text = await client.until(/\r\n\r\n/);
  const length = Number(/Content-Length: (\d+)/.exec(text)?.[1] ?? 0);
  await client.until(new RegExp(`\\r\\n\\r\\n[\\s\\S]{${length}}`));
  client.close();
  return client.text;
}

const get = (target: string, lines = "") => `GET ${target} HTTP/1.1\r\nHost: app${lines === "" ? "" : `\r\n${lines}`}`;

/** the service `app`, with `v1` and `v2` behind its routes */
async function routed(...http: readonly HttpRoute[]): Promise<Mesh> {
  const [app, v1, v2] = ["app", "v1", "v2"].map(echo) as [RawServer, RawServer, RawServer];
  return mesh({ instances: [app.port], others: { v1: [v1.port], v2: [v2.port] }, routing: { http } });
}

test("a request goes where its rule says, and its record says which rule it was", async () => {
  const [a, b] = [
    rule({ matches: [match({ path: prefix("/a") })], backends: [to("v1")] }),
    rule({ backends: [to("v2")] }),
  ];
  const { port, spans } = await routed(route([a, b]));

  expect(await ask(port, get("/a/b"))).toContain("v1:GET /a/b HTTP/1.1");
  expect(await ask(port, get("/c"))).toContain("v2:GET /c HTTP/1.1");
  expect(await spans(2)).toMatchObject([
    { service: 10, workload: 200, rule: a.key, port: 80, status: 200 },
    { service: 11, workload: 300, rule: b.key, port: 80, status: 200 },
  ]);
});

test("the requests of one connection go to different services", async () => {
  const { port } = await routed(
    route([
      rule({ matches: [match({ path: exact("/1") })], backends: [to("v1")] }),
      rule({ matches: [match({ path: exact("/2") })], backends: [to("v2")] }),
    ]),
  );

  const client = await rawClient(port);
  await client.send(`${get("/1")}\r\n\r\n${get("/2")}\r\n\r\n${get("/1")}\r\n\r\n`);
  const text = await client.until(/(v\d:[\s\S]*){3}/);

  expect(text.match(/v\d(?=:GET)/g)).toEqual(["v1", "v2", "v1"]);
});

test("what no rule matches is answered 404 and keeps its connection; the service itself is not asked", async () => {
  const { port, spans } = await routed(
    route([rule({ matches: [match({ path: exact("/x") })], backends: [to("v1")] })]),
  );

  const client = await rawClient(port);
  await client.send(`${get("/y")}\r\n\r\n`);
  const text = await client.until("route_unknown");
  await client.send(`${get("/x")}\r\n\r\n`);
  await client.until("v1:GET /x");

  expect(text).toStartWith("HTTP/1.1 404 Not Found\r\n");
  expect(text).toContain("Proxy-Status: meshwise; error=destination_not_found");
  expect(text).toMatch(/GET app\/y at app port \d+/);
  expect((await spans(2))[0]).toMatchObject({
    status: 404,
    errorCode: "route_unknown",
    service: 3,
    workload: 0,
    rule: 0,
  });
});

// HTTPRouteRule.backendRefs
test.each([
  ["no backend", rule({}), 500],
  ["an invalid backend alone", rule({ backends: [{ weight: 1, filters: [] }] }), 500],
  ["backends of weight 0 alone", rule({ backends: [to("v1", 0)] }), 500],
])("a rule with %s is answered %d", async (_, one, status) => {
  const { port } = await routed(route([one]));

  expect(await ask(port, get("/"))).toStartWith(`HTTP/1.1 ${status} `);
});

test("the share of an invalid backend is answered 500, weight 0 gets nothing, the rest is split by weight", async () => {
  const backends = [to("v1", 6), to("v2", 2), { weight: 2, filters: [] }, to("app", 0)];
  const { port } = await routed(route([rule({ backends })]));

  const client = await rawClient(port);
  await client.send(`${get("/")}\r\n\r\n`.repeat(1000));
  const answers = await eventually(() => {
    const found = client.text.match(/^HTTP\/1\.1 \d+|^v\d:/gm) ?? [];
    return found.filter((text) => text.startsWith("HTTP")).length === 1000 && found;
  });
  const count = (of: string) => answers.filter((text) => text === of).length;

  // four standard deviations of 1000 draws
  expect(Math.abs(count("v1:") - 600)).toBeLessThan(62);
  expect(Math.abs(count("v2:") - 200)).toBeLessThan(51);
  expect(Math.abs(count("HTTP/1.1 500") - 200)).toBeLessThan(51);
});

test("a rule with everything at once: every layer sees the request, the answer and the end", async () => {
  const filters: HttpFilter[] = [
    {
      type: "cors",
      allowOrigins: ["*"],
      allowCredentials: false,
      allowMethods: [],
      allowHeaders: [],
      exposeHeaders: [],
      maxAgeS: 0,
    },
    { type: "requestHeaders", set: [{ name: "X-In", value: "1" }], add: [], remove: [] },
    { type: "responseHeaders", set: [{ name: "X-Out", value: "2" }], add: [], remove: [] },
    { type: "rewrite", path: { type: "full", value: "/new" } },
    { type: "mirror", backend: { service: "v2", port: 80 }, share: 1 },
  ];
  const one = rule({
    filters,
    backends: [to("v1", 1), to("v1", 1)],
    timeouts: { requestMs: 5_000 },
    persistence: { type: "header", name: "X-Session", lifetime: "session" },
  });
  const { port, spans } = await routed(route([one]));

  const text = await ask(port, get("/old", "Origin: https://a.example"));
  expect(text).toContain("v1:GET /new HTTP/1.1\r\nHost: app\r\nOrigin: https://a.example\r\nX-In: 1\r\n");
  expect(text).toMatch(/X-Envoy-Expected-Rq-Timeout-Ms: \d+\r\n/);
  for (const line of ["X-Out: 2", "Access-Control-Allow-Origin: *", "X-Session: "])
    expect(text).toContain(`\r\n${line}`);
  const found = await spans(2);
  expect(found.map(({ service, rule }) => [service, rule]).sort()).toEqual([
    [10, one.key],
    [11, one.key],
  ]);
});

test("routes with and without a port are one set of rules", async () => {
  const one = rule({ matches: [match({ path: prefix("/a") })], backends: [to("v1")] });
  const made = await routed();
  made.swap({
    routing: {
      ...NO_ROUTING,
      http: [
        route([rule({ backends: [to("v2")] })]),
        route([one], { parents: [{ kind: "service", service: "app", port: made.port, hostnames: [] }] }),
        route([rule({ matches: [match({ path: prefix("/b") })], backends: [to("v1")] })], {
          parents: [{ kind: "service", service: "app", port: 1, hostnames: [] }],
        }),
      ],
    },
  });

  expect(await ask(made.port, get("/a"))).toContain("v1:");
  expect(await ask(made.port, get("/b"))).toContain("v2:");
});

test("a change of the routes counts from the next request of an open connection on", async () => {
  const { port, swap } = await routed(route([rule({ backends: [to("v1")] })]));
  const client = await rawClient(port);
  await client.send(`${get("/")}\r\n\r\n`);
  await client.until("v1:");

  swap({ routing: { ...NO_ROUTING, http: [route([rule({ backends: [to("v2")] })])] } });
  await client.send(`${get("/")}\r\n\r\n`);
  await client.until("v2:");
  swap({ routing: NO_ROUTING });
  await client.send(`${get("/")}\r\n\r\n`);
  await client.until("app:");
});

test("a service without workloads of its own leads on by its routes", async () => {
  const v1 = echo("v1");
  const { port } = await mesh({
    others: { v1: [v1.port] },
    routing: { http: [route([rule({ backends: [to("v1")] })])] },
  });

  expect(await ask(port, get("/"))).toContain("v1:");
});

test("a workload's own address has no routes", async () => {
  const { port, swap } = await routed(route([rule({ backends: [to("v1")] })]));
  const address = { v4: "127.0.0.1", v6: "fd00:6d77:80::64" };
  swap({
    services: [
      { key: 3, name: "app", namespace: "test", address: { v4: "240.1.0.1", v6: "fd00:6d77:1::1" }, protocols: {} },
    ],
    workloads: [{ key: 100, id: "app-1", service: "app", version: "1", identity: "", address, declaredPorts: [] }],
  });

  expect(await ask(port, get("/"))).toContain("app:");
});

test("a rule that cannot be carried out leaves the old configuration in force", async () => {
  const { port, swap } = await routed(route([rule({ backends: [to("v1")] })]));
  const change = { set: [{ name: "Transfer-Encoding", value: "chunked" }], add: [], remove: [] };

  const bad = rule({ filters: [{ type: "requestHeaders", ...change }], backends: [to("v2")] });
  expect(() => swap({ routing: { ...NO_ROUTING, http: [route([bad])] } })).toThrow("belongs to the connection");

  expect(await ask(port, get("/"))).toContain("v1:");
});

// HTTPHeaderFilter
test.each<[what: string, filter: Partial<HeaderChange>, sent: string, received: string]>([
  ["set", { set: [{ name: "X-A", value: "1" }] }, "x-a: 0\r\nX-B: 2\r\nx-A: 00", "X-B: 2\r\nX-A: 1\r\n"],
  ["set what is not there", { set: [{ name: "X-A", value: "1" }] }, "X-B: 2", "X-B: 2\r\nX-A: 1\r\n"],
  ["add", { add: [{ name: "X-A", value: "1" }] }, "X-A: 0", "X-A: 0\r\nX-A: 1\r\n"],
  ["remove", { remove: ["x-a", "x-c"] }, "X-A: 0\r\nX-B: 2\r\nX-A: 1", "X-B: 2\r\n"],
  [
    "all three",
    { set: [{ name: "X-A", value: "1" }], add: [{ name: "X-B", value: "3" }], remove: ["X-C"] },
    "X-C: 1\r\nX-B: 2\r\nX-A: 0",
    "X-B: 2\r\nX-A: 1\r\nX-B: 3\r\n",
  ],
])("request headers: %s", async (_, filter, sent, received) => {
  const filters: HttpFilter[] = [{ type: "requestHeaders", set: [], add: [], remove: [], ...filter }];
  const { port } = await routed(route([rule({ filters, backends: [to("v1")] })]));

  expect(await ask(port, get("/", sent))).toContain(`v1:GET / HTTP/1.1\r\nHost: app\r\n${received}traceparent`);
});

test("response headers are changed; the filters of a backend count before those of the rule", async () => {
  const server = serve(() => ok("x", "Server: secret\r\nX-A: 0\r\n"));
  const of = (value: string): HttpFilter => ({
    type: "responseHeaders",
    set: [{ name: "X-A", value }],
    add: [],
    remove: ["server"],
  });
  const { port } = await mesh({
    others: { v1: [server.port] },
    routing: { http: [route([rule({ filters: [of("rule")], backends: [to("v1", 1, [of("backend")])] })])] },
  });

  const text = await ask(port, get("/"));
  expect(text).toBe("HTTP/1.1 200 OK\r\nX-A: rule\r\nContent-Length: 1\r\n\r\nx");
});

test("the filters of a backend are for its requests alone", async () => {
  const add = (value: string): HttpFilter => ({
    type: "requestHeaders",
    set: [{ name: "X-To", value }],
    add: [],
    remove: [],
  });
  const backends = [to("v1", 1, [add("one")]), to("v2", 1, [add("two")])];
  const { port } = await routed(route([rule({ backends })]));

  for (let i = 0; i < 10; i++) {
    const text = await ask(port, get("/"));
    expect(text).toContain(text.includes("v1:") ? "X-To: one" : "X-To: two");
  }
});

// HTTPPathModifier.replacePrefixMatch, its table
test.each<[target: string, matched: string, change: PathChange, sent: string]>([
  ["/foo/bar", "/foo", { type: "prefix", value: "/xyz" }, "/xyz/bar"],
  ["/foo/bar", "/foo", { type: "prefix", value: "/xyz/" }, "/xyz/bar"],
  ["/foo/bar", "/foo/", { type: "prefix", value: "/xyz" }, "/xyz/bar"],
  ["/foo/bar", "/foo/", { type: "prefix", value: "/xyz/" }, "/xyz/bar"],
  ["/foo", "/foo", { type: "prefix", value: "/xyz" }, "/xyz"],
  ["/foo/", "/foo", { type: "prefix", value: "/xyz" }, "/xyz/"],
  ["/foo/bar", "/foo", { type: "prefix", value: "" }, "/bar"],
  ["/foo/", "/foo", { type: "prefix", value: "" }, "/"],
  ["/foo", "/foo", { type: "prefix", value: "" }, "/"],
  ["/foo/", "/foo", { type: "prefix", value: "/" }, "/"],
  ["/foo", "/foo", { type: "prefix", value: "/" }, "/"],
  ["/foo/bar?q=/foo", "/", { type: "prefix", value: "/xyz" }, "/xyz/foo/bar?q=/foo"],
  ["/foo/bar?q=1", "/foo", { type: "full", value: "/all" }, "/all?q=1"],
  // what was matched is what is replaced
  ["/%66oo/x/../bar", "/foo", { type: "prefix", value: "/xyz" }, "/xyz/bar"],
])("%s under %s, rewritten by %p, is sent as %s", async (target, matched, path, sent) => {
  const one = rule({
    matches: [match({ path: prefix(matched) })],
    filters: [{ type: "rewrite", path }],
    backends: [to("v1")],
  });
  const { port, spans } = await routed(route([one]));

  expect(await ask(port, get(target))).toContain(`v1:GET ${sent} HTTP/1.1\r\nHost: app\r\n`);
  // the record has what was asked
  expect((await spans(1))[0]?.path).toBe(target.split("?")[0] as string);
});

test("the host is rewritten", async () => {
  const one = rule({ filters: [{ type: "rewrite", hostname: "internal.example" }], backends: [to("v1")] });
  const { port } = await routed(route([one]));

  expect(await ask(port, get("/x"))).toContain("v1:GET /x HTTP/1.1\r\nHost: internal.example\r\n");
});

// HTTPRequestRedirectFilter
type Redirect = Extract<HttpFilter, { type: "redirect" }>;
test.each<[what: string, filter: Omit<Redirect, "type">, location: string, status: string]>([
  ["the scheme", { scheme: "https", statusCode: 301 }, "https://app/a/b?c=d", "301 Moved Permanently"],
  ["the host", { hostname: "other.example", statusCode: 302 }, "http://other.example:PORT/a/b?c=d", "302 Found"],
  ["the port", { port: 8443, statusCode: 303 }, "http://app:8443/a/b?c=d", "303 See Other"],
  ["a well-known port, which is left out", { port: 80, statusCode: 302 }, "http://app/a/b?c=d", "302 Found"],
  ["scheme and port", { scheme: "https", port: 8443, statusCode: 302 }, "https://app:8443/a/b?c=d", "302 Found"],
  [
    "the path",
    { path: { type: "full", value: "/new" }, statusCode: 307 },
    "http://app:PORT/new?c=d",
    "307 Temporary Redirect",
  ],
  [
    "the prefix",
    { scheme: "http", path: { type: "prefix", value: "/z" }, statusCode: 308 },
    "http://app/z/b?c=d",
    "308 Permanent Redirect",
  ],
])("a redirect of %s", async (_, filter, location, status) => {
  const one = rule({ matches: [match({ path: prefix("/a") })], filters: [{ type: "redirect", ...filter }] });
  const { port, spans } = await routed(route([one]));

  const text = await ask(port, get("/a/b?c=d").replace("Host: app", "Host: App:1234"));
  expect(text).toBe(
    `HTTP/1.1 ${status}\r\nLocation: ${location.replace("PORT", String(port))}\r\nContent-Length: 0\r\nProxy-Status: meshwise\r\n\r\n`,
  );
  expect(await spans(1)).toMatchObject([{ status: filter.statusCode, workload: 0, error: 0, rule: one.key }]);
});

test("a POST that is redirected keeps its connection, and its body is not taken for a request", async () => {
  const away: HttpFilter = { type: "redirect", hostname: "other.example", statusCode: 307 };
  const { port } = await routed(
    route([rule({ matches: [match({ method: "POST" })], filters: [away] }), rule({ backends: [to("v1")] })]),
  );

  const client = await rawClient(port);
  await client.send(`POST / HTTP/1.1\r\nHost: app\r\nContent-Length: 31\r\n\r\nGET /evil HTTP/1.1\r\nHost: a\r\n\r\n`);
  await client.send(`${get("/next")}\r\n\r\n`);

  expect(await client.until("v1:")).toContain("v1:GET /next");
});

test("a gateway's request belongs to the listener whose hostname fits best, and to no other", async () => {
  const [v1, v2] = [echo("v1"), echo("v2")];
  const at = (listener: number) => ({ parents: [{ kind: "gateway", listener, hostnames: [] } as const] });
  const { gate, spans } = await mesh({
    others: { v1: [v1.port], v2: [v2.port] },
    routing: {
      gateways: [
        { id: 1, sockets: [GATE], name: "test/gate/all", protocol: "HTTP", hostname: "*.example" },
        { id: 2, sockets: [GATE], name: "test/gate/one", protocol: "HTTP", hostname: "one.example" },
      ],
      http: [
        route([rule({ backends: [to("v1")] })], at(1)),
        route([rule({ matches: [match({ path: prefix("/x") })], backends: [to("v2")] })], at(2)),
      ],
    },
  });
  const from = (host: string, path: string) => `GET ${path} HTTP/1.1\r\nHost: ${host}`;

  expect(await ask(gate, from("two.example", "/"))).toContain("v1:");
  expect(await ask(gate, from("ONE.example:80", "/x"))).toContain("v2:");
  expect(await ask(gate, from("one.example", "/y"))).toStartWith("HTTP/1.1 404");
  const none = await ask(gate, from("example.com", "/"));
  expect(none).toStartWith("HTTP/1.1 404");
  expect(none).toContain("no listener of test/gate is for example.com");
  const [first, , , last] = await spans(4);
  expect(first).toMatchObject({ source: 0, service: 10, flags: 8 });
  expect(last).toMatchObject({ source: 0, service: 0, authority: "example.com" });
});

test("what outsiders claim about themselves chooses no route and is not passed on", async () => {
  const v1 = echo("v1");
  const asked = match({ headers: [{ name: "x-real-ip", type: "exact", value: "10.0.0.1" }] });
  const { gate } = await mesh({
    others: { v1: [v1.port] },
    routing: {
      gateways: [{ id: 1, sockets: [GATE], name: "test/gate/all", protocol: "HTTP" }],
      http: [
        route([rule({ matches: [asked] }), rule({ backends: [to("v1")] })], {
          parents: [{ kind: "gateway", listener: 1, hostnames: [] }],
        }),
      ],
    },
  });

  const text = await ask(gate, get("/", "X-Real-IP: 10.0.0.1\r\nX-Envoy-Expected-Rq-Timeout-Ms: 1"));
  expect(text).toContain("v1:GET / HTTP/1.1\r\nHost: app\r\ntraceparent");
  expect(text).toContain("X-Forwarded-For: 127.0.0.1");
});

test("the connections of a TCPRoute go to its backends by weight, whatever they speak", async () => {
  const [one, two] = ["1", "2"].map((name) => serve((text) => `${name}<${text}>`)) as [RawServer, RawServer];
  const parents = [{ kind: "service", service: "app" }] as const;
  const { port } = await mesh({
    others: { v1: [one.port], v2: [two.port] },
    routing: { tcp: [tcpRoute([to("v1", 1), to("v2", 1), to("v2", 0)], parents)] },
  });

  const seen = new Set<string>();
  for (let i = 0; i < 20; i++) {
    const client = await rawClient(port);
    await client.send("GET / HTTP/1.1\r\n");
    seen.add((await client.until(">"))[0] as string);
    client.close();
  }
  expect([...seen].sort()).toEqual(["1", "2"]);
});

test("a gateway's TCP listener, and one without a backend, whose connections are reset", async () => {
  const server = serve((text) => `<${text}>`);
  const gateways = [{ id: 1, sockets: [GATE], name: "test/gate/tcp", protocol: "TCP" }] as const;
  const parents = [{ kind: "gateway", listener: 1 }] as const;
  const { gate, swap } = await mesh({
    others: { v1: [server.port] },
    routing: { gateways, tcp: [tcpRoute([to("v1")], parents)] },
  });

  const client = await rawClient(gate);
  await client.send("hello");
  await client.until("<hello>");

  swap({ routing: { ...NO_ROUTING, gateways, tcp: [tcpRoute([], parents)] } });
  const refused = await rawClient(gate);
  await refused.send("hello");
  expect(await refused.ended()).not.toBe("open");
});

// HTTPRouteTimeouts
test("a request that takes longer than its route allows is answered 504, and the caller need not wait for more", async () => {
  const server = serve();
  const { port, spans } = await mesh({
    others: { v1: [server.port] },
    routing: { http: [route([rule({ timeouts: { requestMs: 60 }, backends: [to("v1")] })])] },
  });

  const text = await ask(port, get("/"));
  expect(text).toStartWith("HTTP/1.1 504 Gateway Timeout\r\n");
  expect(text).toContain("Proxy-Status: meshwise; error=http_response_timeout");
  const [span] = await spans(1);
  expect(span).toMatchObject({ errorCode: "request_overdue", status: 504 });
  expect(span?.end).toBeGreaterThanOrEqual(60_000);
  expect(span?.end).toBeLessThan(200_000);
  expect(server.connections[0]?.text).toMatch(/X-Envoy-Expected-Rq-Timeout-Ms: ([1-9]|[1-5]\d|60)\r\n/);
});

test("an answer that has begun when the time is over is cut", async () => {
  const server = serve(() => "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
  const { port } = await mesh({
    others: { v1: [server.port] },
    routing: { http: [route([rule({ timeouts: { requestMs: 60 }, backends: [to("v1")] })])] },
  });

  const client = await rawClient(port);
  await client.send(`${get("/")}\r\n\r\n`);
  await client.until("half");
  expect(await client.ended()).not.toBe("open");
  expect(client.text).toEndWith("half");
});

test.each([
  ["shorter than the route's", 50, 10_000],
  ["where there is no route", 50, undefined],
])("a caller's own limit is heeded: %s", async (_, callerMs, requestMs) => {
  const server = serve();
  const timeouts = requestMs === undefined ? {} : { requestMs };
  const { port, spans } = await mesh({
    instances: [server.port],
    others: { v1: [server.port] },
    routing: requestMs === undefined ? {} : { http: [route([rule({ timeouts, backends: [to("v1")] })])] },
  });

  const text = await ask(port, get("/", `x-envoy-expected-rq-timeout-ms: ${callerMs}`));
  expect(text).toStartWith("HTTP/1.1 504");
  const passedOn = /Timeout-Ms: (\d+)/.exec(server.connections[0]?.text ?? "")?.[1];
  expect(Number(passedOn)).toBeLessThanOrEqual(callerMs);
  expect((await spans(1))[0]?.errorCode).toBe("request_overdue");
});

test("one try may take so long, and another one is made by the rule's retry", async () => {
  let asked = 0;
  const server = serve(() => (++asked === 1 ? undefined : ok("second")));
  const one = rule({
    timeouts: { backendRequestMs: 60, requestMs: 5_000 },
    retry: { codes: [503], attempts: 2, backoffMs: 1 },
    policy: { retries: { on: ["timeout"] } },
    backends: [to("v1")],
  });
  const { port } = await mesh({ others: { v1: [server.port] }, routing: { http: [route([one])] } });

  expect(await ask(port, get("/"))).toContain("second");
  expect(asked).toBe(2);
});

test("the service's own policy counts where the rule says nothing", async () => {
  const server = serve();
  const { port } = await mesh({
    others: { v1: [server.port] },
    routing: {
      http: [route([rule({ backends: [to("v1")] })])],
      policies: { v1: { ...DEFAULT_POLICY, timeouts: { ...DEFAULT_POLICY.timeouts, requestMs: 60 } } },
    },
  });

  expect(await ask(port, get("/"))).toStartWith("HTTP/1.1 504");
});

// Requests and routes made to confuse: what is matched must be what is sent, whatever the spelling, and nobody can make a
// worker slow.
import { expect, test } from "bun:test";
import { proxyFixture } from "../../../test/support/proxy-fixture.ts";
import type { Mesh } from "../../../test/support/proxy-harness.ts";
import { GATE } from "../../../test/support/proxy-harness.ts";
import { ok, rawClient } from "../../../test/support/raw-tcp.ts";
import { exact, match, prefix, regex, route, rule, to } from "../../../test/support/routes.ts";
import type { HttpFilter } from "../../model/route.ts";
import { compileFieldChange } from "../filter/field-change.ts";
import { compilePathChange } from "../filter/path-change.ts";
import { compileMatcher } from "./matcher/matcher.ts";
import { normalPath } from "./matcher/normal-path.ts";

const { serve, mesh } = proxyFixture();

/** `/public` leads to `open`, everything else to `closed`; both say what they were asked. */
async function guarded(): Promise<Mesh> {
  const say = (name: string) => serve((text) => ok(`${name}<${text.split(" ")[1]}>`)).port;
  const rules = [
    rule({ matches: [match({ path: prefix("/public") })], backends: [to("open")] }),
    rule({ matches: [match({ path: exact("/exact") })], backends: [to("open")] }),
    rule({ backends: [to("closed")] }),
  ];
  return mesh({ others: { open: [say("open")], closed: [say("closed")] }, routing: { http: [route(rules)] } });
}

async function ask(port: number, line: string, host = "app"): Promise<string> {
  const client = await rawClient(port);
  await client.send(`${line} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
  return client.until(/>$|\r\n\r\n[\s\S]*\n$/m);
}

test.each([
  ["/public/x", "open</public/x>"],
  ["/public/../admin", "closed</admin>"],
  ["/public/%2e%2e/admin", "closed</admin>"],
  ["/public/%2E./admin", "closed</admin>"],
  ["/public/./../admin", "closed</admin>"],
  ["/public/..", "closed</>"],
  ["/admin/../public/x", "open</public/x>"],
  ["/%70ublic/x", "open</public/x>"],
  ["/publi%63", "open</public>"],
  ["/public%2fx", "closed</public%2Fx>"],
  ["/public;x=1/y", "closed</public;x=1/y>"],
  ["//public/x", "closed<//public/x>"],
  ["/public//x", "open</public//x>"],
  ["/PUBLIC/x", "closed</PUBLIC/x>"],
  ["/public%00/x", "closed</public%00/x>"],
  ["/exact", "open</exact>"],
  ["/exact/", "closed</exact/>"],
  ["/x/../exact", "open</exact>"],
  ["/exact?/../admin", "open</exact?/../admin>"],
  ["/public/%252e%252e/admin", "open</public/%252e%252e/admin>"],
])("%s is matched and sent as one and the same: %s", async (target, answer) => {
  const { port } = await guarded();
  expect(await ask(port, `GET ${target}`)).toEndWith(answer);
});

test.each(["/public/..;/admin", "/public/..%2fadmin", "/public/%2e%2e%5cadmin", "/public%2f..%2f..%2fadmin"])(
  "%s is refused: servers do not agree on what it is",
  async (target) => {
    const { port } = await guarded();
    expect(await ask(port, `GET ${target}`)).toStartWith("HTTP/1.1 400 ");
  },
);

test("the absolute form is matched and sent like the path that it holds", async () => {
  const { port } = await guarded();
  expect(await ask(port, "GET http://app/public/../admin?q")).toEndWith("closed</admin?q>");
  expect(await ask(port, "GET http://app/public/y")).toEndWith("open</public/y>");
});

test("a request whose Host is not the host of its target belongs to nobody", async () => {
  const open = serve(() => ok("open>")).port;
  const all = rule({ backends: [to("open")] });
  const { gate } = await mesh({
    others: { open: [open] },
    routing: {
      gateways: [{ id: 1, sockets: [GATE], name: "test/gate/x", protocol: "HTTP" }],
      http: [route([all], { parents: [{ kind: "gateway", listener: 1, hostnames: ["public.example"] }] })],
    },
  });

  expect(await ask(gate, "GET http://public.example/", "private.example")).toStartWith("HTTP/1.1 400 ");
  expect(await ask(gate, "GET http://private.example/", "private.example")).toStartWith("HTTP/1.1 404 ");
  expect(await ask(gate, "GET /", "public.example:80@private.example")).toStartWith("HTTP/1.1 400 ");
  expect(await ask(gate, "GET http://public.example/", "public.example")).toEndWith("open>");
});

test("a field that was matched is the field that is sent, however often it came", async () => {
  const say = (name: string) => serve((text) => ok(`${name}<${text.match(/x-role.*/gi)?.join("|")}>`)).port;
  const admin = match({ headers: [{ name: "x-role", type: "exact", value: "admin" }] });
  const { port } = await mesh({
    others: { open: [say("admin")], closed: [say("other")] },
    routing: {
      http: [route([rule({ matches: [admin], backends: [to("open")] }), rule({ backends: [to("closed")] })])],
    },
  });
  const with_ = (lines: string) => `GET / HTTP/1.1\r\nHost: app\r\n${lines}\r\n\r\n`;
  const send = async (text: string) => {
    const client = await rawClient(port);
    await client.send(text);
    return client.until(/>$|400/);
  };

  expect(await send(with_("X-Role: admin"))).toEndWith("admin<X-Role: admin>");
  expect(await send(with_("X-Role: user\r\nX-Role: admin"))).toContain("other<");
  expect(await send(with_("X-Role: admin\r\nx-role: user"))).toContain("other<");
  // what Connection names goes before any route looks at it
  expect(await send(with_("Connection: x-role\r\nX-Role: admin"))).toContain("other<undefined>");
  expect(await send(with_("X-Role : admin"))).toContain("HTTP/1.1 400");
});

test.each([
  "Connection",
  "content-length",
  "Transfer-Encoding",
  "Host",
  "TE",
  "Trailer",
  "Upgrade",
  "Keep-Alive",
  "Proxy-Connection",
  "Expect",
  "traceparent",
])("no route may touch %s", (name) => {
  const none = { set: [], add: [], remove: [] };
  expect(() => compileFieldChange({ ...none, set: [{ name, value: "x" }] })).toThrow("belongs to the connection");
  expect(() => compileFieldChange({ ...none, add: [{ name, value: "x" }] })).toThrow("belongs to the connection");
  expect(() => compileFieldChange({ ...none, remove: [name] })).toThrow("belongs to the connection");
});

test.each([
  ["X-A", "1\r\nX-Evil: 2"],
  ["X-A\r\nX-Evil", "1"],
  ["X A", "1"],
  ["X-A:", "1"],
  ["", "1"],
  ["X-A", "1\u0100"],
  ["X-A", "\0"],
])("a modifier cannot smuggle a line: %p", (name, value) => {
  expect(() => compileFieldChange({ set: [{ name, value }], add: [], remove: [] })).toThrow("not a");
});

test.each(["/a b", "/a\r\nX: 1", "a", "/a?b", "/a#b", "/%zz", "/ü"])("%p is no path to rewrite to", (value) => {
  expect(() => compilePathChange({ type: "full", value })).toThrow("not a path");
});

test("a rewritten host cannot smuggle a line", async () => {
  const { swap } = await guarded();
  const bad: HttpFilter = { type: "rewrite", hostname: "a\r\nX: 1" };
  const http = [route([rule({ filters: [bad], backends: [to("open")] })])];
  expect(() => swap({ routing: { gateways: [], tcp: [], policies: {}, http } })).toThrow("not a host");
});

const asked = (path: string, lines = "") => ({
  method: "GET",
  authority: "app",
  path: normalPath(path) ?? "",
  target: path,
  lines,
});

/** ms of this process's CPU time: what else the machine does is not counted */
function cpuMs(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function fastest(run: () => void): number {
  return Math.min(...Array.from({ length: 5 }, () => cpuMs(run)));
}

test.each([
  ["(a+)+b", "a".repeat(16_000)],
  ["(a|a)*b", "a".repeat(16_000)],
  ["(.*a){12}", "ab".repeat(8_000)],
  ["(x+x+)+y", "x".repeat(16_000)],
  ["([a-z]*)*c", "z".repeat(16_000)],
  ["(a?){30}a{30}", "a".repeat(16_000)],
  // its states are 2^18: the set forgets them and goes on
  [".*a.{17}b", Array.from({ length: 16_000 }, (_, i) => "ab"[((i * 7919) % 13) & 1]).join("")],
])("the expression %s takes time linear in the path", (expression, path) => {
  const matcher = compileMatcher([
    { hostnames: [], matches: [match({ path: regex(`/${expression}`) })], value: 1 },
    { hostnames: [], matches: [match()], value: 2 },
  ]);
  expect(matcher(asked("/warm"))?.value).toBe(2);

  // 20 ns for each character of the longest path there can be, with room for a slow machine
  expect(fastest(() => matcher(asked(`/${path}`)))).toBeLessThan(60);
});

test("a path of slashes, a query of ampersands and a thousand labels cost little", () => {
  const rules = Array.from({ length: 1000 }, (_, i) => ({
    hostnames: [`*.h${i}.example`],
    matches: [match({ path: prefix(`/a/b/c/${i}`), query: [{ name: "q", type: "exact", value: "1" } as const] })],
    value: i,
  }));
  const matcher = compileMatcher([...rules, { hostnames: [], matches: [match({ path: prefix("/") })], value: -1 }]);
  const long = asked(`${"/".repeat(16_000)}`);
  const query = { ...asked("/a/b/c/7"), authority: "x.h7.example", target: `/a/b/c/7?${"&".repeat(16_000)}q=1` };
  const labels = { ...asked("/"), authority: `${"a.".repeat(8_000)}example` };

  expect(matcher(long)?.value).toBe(-1);
  expect(matcher(query)?.value).toBe(7);
  expect(matcher(labels)?.value).toBe(-1);
  for (const one of [long, query, labels]) expect(fastest(() => matcher(one))).toBeLessThan(5);
});

test("a hundred thousand routes are compiled and found", () => {
  const rules = Array.from({ length: 100_000 }, (_, value) => ({
    hostnames: [],
    matches: [match({ path: prefix(`/tenant/${value}`) })],
    value,
  }));
  let matcher = compileMatcher<number>([]);
  expect(
    cpuMs(() => {
      matcher = compileMatcher(rules);
    }),
  ).toBeLessThan(5_000);
  for (const i of [0, 99_999, 31_415]) expect(matcher(asked(`/tenant/${i}/x`))?.value).toBe(i);
});

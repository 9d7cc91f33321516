// Session persistence (GEP-1619) over real sockets.
import { expect, test } from "bun:test";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import type { Mesh } from "../../../../test/support/proxy-harness.ts";
import { ok, rawClient } from "../../../../test/support/raw-tcp.ts";
import { route, rule, to } from "../../../../test/support/routes.ts";
import { NO_ROUTING, type RouteBackend, type SessionPersistence } from "../../../model/route.ts";
import { cookieValue } from "./cookie.ts";
import { formatToken, parseToken } from "./token.ts";

const { serve, mesh } = proxyFixture();
const COOKIE: SessionPersistence = { type: "cookie", name: "sid", lifetime: "session" };

async function sticky(persistence: SessionPersistence, backends: readonly RouteBackend[] = [to("v1")]): Promise<Mesh> {
  const [a, b, c] = ["a", "b", "c"].map((name) => serve(() => ok(name)).port) as [number, number, number];
  return mesh({
    others: { v1: [a, b], v2: [c] },
    routing: { http: [route([rule({ persistence, backends })])] },
  });
}

async function ask(port: number, lines = ""): Promise<{ text: string; by: string; session: string | undefined }> {
  const client = await rawClient(port);
  await client.send(`GET / HTTP/1.1\r\nHost: app\r\n${lines}\r\n`);
  const text = await client.until(/\r\n\r\n[abc]$/);
  client.close();
  return { text, by: text.at(-1) as string, session: /^(?:Set-Cookie: sid=|X-Session: )([^;\r]+)/m.exec(text)?.[1] };
}

test("whoever has been answered gets back to the same workload, and is not told again", async () => {
  const { port } = await sticky(COOKIE);
  const first = await ask(port);

  expect(first.text).toMatch(/Set-Cookie: sid=[0-9a-z.]+; Path=\/; HttpOnly; SameSite=Lax\r\n/);
  for (let i = 0; i < 12; i++) {
    const again = await ask(port, `Cookie: theme=dark; sid=${first.session}\r\n`);
    expect(again.by).toBe(first.by);
    expect(again.session).toBeUndefined();
  }
});

test("without a session everyone is drawn anew", async () => {
  const { port } = await sticky(COOKIE);
  const seen = new Set<string>();
  for (let i = 0; i < 30; i++) seen.add((await ask(port)).by);

  expect([...seen].sort()).toEqual(["a", "b"]);
});

test("a session in a field of its own", async () => {
  const { port } = await sticky({ type: "header", name: "X-Session", lifetime: "session" });
  const first = await ask(port);

  for (let i = 0; i < 8; i++) expect((await ask(port, `x-session: ${first.session}\r\n`)).by).toBe(first.by);
});

test("a session goes before the weights, and stays where nobody new is sent any more", async () => {
  const made = await sticky(COOKIE, [to("v1", 0), to("v2", 1)]);
  const inV1 = formatToken({ workload: 201, begunS: 1, seenS: 1 });

  for (let i = 0; i < 8; i++) expect((await ask(made.port, `Cookie: sid=${inV1}\r\n`)).by).toBe("b");
  expect((await ask(made.port)).by).toBe("c");
});

test("a workload that is gone is replaced, and the session says so", async () => {
  const { port, swap } = await sticky(COOKIE);
  const inA = formatToken({ workload: 200, begunS: 1, seenS: 1 });
  swap({ endpoints: [{ workload: 201, service: "v1", port: 80, via: "own" }] });

  const { by, session } = await ask(port, `Cookie: sid=${inA}\r\n`);
  expect(by).toBe("b");
  expect(parseToken(session as string)?.workload).toBe(201);
});

test.each([
  ["a workload of another service", formatToken({ workload: 300, begunS: 1, seenS: 1 })],
  ["the outside", formatToken({ workload: 0, begunS: 1, seenS: 1 })],
  ["a time to come", formatToken({ workload: 201, begunS: 36 ** 8 - 1, seenS: 1 })],
  ["nothing of ours", "../../201"],
  ["too much", `201.1.1${"0".repeat(9_000)}`],
])("a token that names %s is worth nothing", async (_, token) => {
  const { port } = await sticky(COOKIE);
  const seen = new Set<string>();
  for (let i = 0; i < 30; i++) {
    const { by, session } = await ask(port, `Cookie: sid=${token}\r\n`);
    seen.add(by);
    expect(session).toBeString();
  }
  expect([...seen].sort()).toEqual(["a", "b"]);
});

test("a session ends after its whole time, and after its idle time", async () => {
  const now = Math.floor(Date.now() / 1000);
  const absolute = await sticky({ ...COOKIE, absoluteTimeoutS: 100, lifetime: "permanent" });
  const fresh = await ask(absolute.port);
  expect(fresh.text).toContain("; Max-Age=100\r\n");
  const old = await ask(
    absolute.port,
    `Cookie: sid=${formatToken({ workload: 200, begunS: now - 200, seenS: now })}\r\n`,
  );
  expect(parseToken(old.session as string)?.begunS).toBeGreaterThanOrEqual(now);

  const idle = await sticky({ ...COOKIE, idleTimeoutS: 100 });
  const kept = formatToken({ workload: 201, begunS: now - 500, seenS: now - 50 });
  const used = await ask(idle.port, `Cookie: sid=${kept}\r\n`);
  expect(used.by).toBe("b");
  // each use begins the idle time anew, and the whole time goes on
  expect(parseToken(used.session as string)).toMatchObject({ workload: 201, begunS: now - 500 });
  const forgotten = formatToken({ workload: 201, begunS: now - 500, seenS: now - 150 });
  expect((await ask(idle.port, `Cookie: sid=${forgotten}\r\n`)).session).toBeString();
});

test("a change of the routes does not end sessions", async () => {
  const { port, swap } = await sticky(COOKIE);
  const first = await ask(port);
  swap({ routing: { ...NO_ROUTING, http: [route([rule({ persistence: COOKIE, backends: [to("v1"), to("v2")] })])] } });

  for (let i = 0; i < 8; i++) expect((await ask(port, `Cookie: sid=${first.session}\r\n`)).by).toBe(first.by);
});

test.each([
  ["Cookie: sid=1\r\n", "1"],
  ["A: b\r\ncookie: x=sid; sid=2 \r\n", "2"],
  ["Cookie: xsid=1; sidx=2\r\n", undefined],
  ["Cookie: a=1\r\nCookie: sid=3\r\n", "3"],
  ["Cookie: sid=\r\n", ""],
  ["X-Cookie: sid=1\r\n", undefined],
  ["Cookie: ;;; sid=4;sid=5\r\n", "4"],
])("%p has the cookie %p", (lines, value) => {
  expect(cookieValue(lines, "sid")).toBe(value as string);
});

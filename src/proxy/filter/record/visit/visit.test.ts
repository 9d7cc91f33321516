// What a span says of the visitor behind a request of a published port.
import { expect, test } from "bun:test";
import { proxyFixture } from "../../../../../test/support/proxy-fixture.ts";
import type { TestSpan } from "../../../../../test/support/proxy-harness.ts";
import { ok, rawClient } from "../../../../../test/support/raw-tcp.ts";
import { BROWSERS, CONTENTS, MODES, STRENGTHS, VISIT_FLAG, visitField } from "../../../../model/visit.ts";

const { serve, mesh } = proxyFixture();
const KEYS = { current: "0f".repeat(16) };
const FIRST = "sid=q8Zt3LmN0pRs7VxY2bDfHj";
const SECOND = "sid=K1jH9gF8dS7aP6oI5uY4tR";
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile/15E148 Safari/604.1";

/** Each request on a connection of its own. @param answers what the app sets besides */
async function visits(
  requests: readonly string[],
  answers: readonly string[] = [],
  visitors: { readonly current: string; readonly previous?: string } | null = KEYS,
): Promise<readonly TestSpan[]> {
  let number = 0;
  const server = serve(() => {
    const added = answers[number++] ?? "";
    const status = /^\d{3}/.exec(added)?.[0];
    return status
      ? `HTTP/1.1 ${status} Moved\r\n${added.slice(3)}Content-Length: 1\r\n\r\nx`
      : ok("x").replace("\r\n", `\r\n${added}`);
  });
  const it = await mesh({ instances: [server.port] });
  if (visitors) it.swap({ visitors });
  const found: TestSpan[] = [];
  for (const lines of requests) {
    const client = await rawClient(it.published);
    await client.send(`GET /product/pen?q=secret HTTP/1.1\r\nHost: shop.example\r\n${lines}\r\n`);
    await client.until("x");
    found.push((await it.spans(1))[0] as TestSpan);
  }
  return found;
}

const strength = (span: TestSpan | undefined) => STRENGTHS[visitField(span?.visit ?? 0, "strength")];
const key = ({ visitor0, visitor1 }: TestSpan) => [visitor0, visitor1];
const joined = ({ joins0, joins1, visit }: TestSpan) => (visit & VISIT_FLAG.joins ? [joins0, joins1] : undefined);

test("without keys nothing is told", async () => {
  const [span] = await visits([`Cookie: ${FIRST}\r\n`], [], null);

  expect(span?.visit).toBe(0);
});

test("the session cookie is the visitor, whatever else the browser keeps", async () => {
  const [a, b, c] = await visits([
    `Cookie: ${FIRST}\r\n`,
    `cookie: theme=dark; _ga=GA1.1.1234567890.1700000000; csrf_token=8f7e6d5c4b3a29181706; ${FIRST}\r\nUser-Agent: other\r\n`,
    `Cookie: ${SECOND}\r\n`,
  ]);

  expect([a, b, c].map(strength)).toEqual(["cookie", "cookie", "cookie"]);
  expect(key(b!)).toEqual(key(a!));
  expect(key(c!)).not.toEqual(key(a!));
  expect(joined(a!)).toBeUndefined();
});

test("a key of other secrets tells nothing of this one", async () => {
  const [a] = await visits([`Cookie: ${FIRST}\r\n`]);
  const [b] = await visits([`Cookie: ${FIRST}\r\n`], [], { current: "f0".repeat(16) });

  expect(key(a!)).not.toEqual(key(b!));
});

test("the answer that sets the session belongs to it", async () => {
  const [first, next] = await visits(["", `Cookie: ${FIRST}\r\n`], [`Set-Cookie: ${FIRST}; HttpOnly\r\n`]);

  expect(strength(first)).toBe("cookie");
  expect(key(first!)).toEqual(key(next!));
  expect(first!.visit & VISIT_FLAG.isNew).toBe(VISIT_FLAG.isNew);
});

test("a session that replaces another one joins both", async () => {
  const [login, before] = await visits(
    [`Cookie: ${FIRST}\r\n`, `Cookie: ${FIRST}\r\n`],
    [`Set-Cookie: ${SECOND}\r\n`, ""],
  );

  expect(joined(login!)).toEqual(key(before!));
  expect(key(login!)).not.toEqual(key(before!));
});

test("a cookie that is set beside a better one changes nothing", async () => {
  const [a, b] = await visits(
    [`Cookie: ${FIRST}\r\n`, `Cookie: ${FIRST}\r\n`],
    ["Set-Cookie: recent=aB3dE6gH9jK2mN5pQ\r\n"],
  );

  expect(key(a!)).toEqual(key(b!));
  expect(joined(a!)).toBeUndefined();
});

test("for some time each key is joined with that of before", async () => {
  const [before] = await visits([`Cookie: ${FIRST}\r\n`]);
  const [after] = await visits([`Cookie: ${FIRST}\r\n`], [], { current: "f0".repeat(16), previous: KEYS.current });

  expect(joined(after!)).toEqual(key(before!));
});

test("a credential stands in for a cookie, by its subject where it has one", async () => {
  const token = (expires: number) => {
    const payload = Buffer.from(JSON.stringify({ sub: "user-17", exp: expires })).toString("base64url");
    return `Authorization: Bearer eyJhbGciOiJub25lIn0.${payload}.\r\n`;
  };
  const [a, b, c] = await visits([token(1), token(2), "X-API-Key: 8f7e6d5c4b3a\r\n"]);

  expect([a, b, c].map(strength)).toEqual(["credential", "credential", "credential"]);
  expect(key(a!)).toEqual(key(b!));
  expect(key(c!)).not.toEqual(key(a!));
});

test("whoever shows nothing is known by address and program, and that is weak", async () => {
  const [a, b, c] = await visits([`User-Agent: ${PHONE}\r\n`, `User-Agent: ${PHONE}\r\n`, "User-Agent: curl/8\r\n"]);

  expect([a, b, c].map(strength)).toEqual(["weak", "weak", "weak"]);
  expect(key(a!)).toEqual(key(b!));
  expect(key(c!)).not.toEqual(key(a!));
});

test("Sec-GPC: of who does not want to be followed, nothing is told", async () => {
  const [span] = await visits([`Sec-GPC: 1\r\nCookie: ${FIRST}\r\nReferer: http://shop.example/cart\r\n`]);

  expect(span?.visit).toBe(VISIT_FLAG.optedOut);
  expect(span?.pages).toEqual({ from: "", to: "" });
});

test("a page that was opened is told from what it is made of", async () => {
  const [page, asset] = await visits(
    [
      `User-Agent: ${PHONE}\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\nSec-Fetch-User: ?1\r\n`,
      "Sec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image\r\nSec-Purpose: prefetch;prerender\r\n",
    ],
    ["Content-Type: text/html; charset=utf-8\r\nCache-Control: public, max-age=60\r\n", "Content-Type: image/png\r\n"],
  );

  expect(MODES[visitField(page!.visit, "mode")]).toBe("navigate");
  expect(CONTENTS[visitField(page!.visit, "content")]).toBe("page");
  expect(BROWSERS[visitField(page!.visit, "browser")]).toBe("safari");
  const { user, mobile, cacheable, prefetch } = VISIT_FLAG;
  expect(page!.visit & (user | mobile | cacheable | prefetch)).toBe(user | mobile | cacheable);
  expect(MODES[visitField(asset!.visit, "mode")]).toBe("no-cors");
  expect(CONTENTS[visitField(asset!.visit, "content")]).toBe("asset");
  expect(asset!.visit & prefetch).toBe(prefetch);
});

test("of pages that are named, those of this host are told, without their queries", async () => {
  const [here, elsewhere] = await visits(
    ["Referer: https://shop.example/search?q=secret\r\n", "Referer: https://other.example/search?q=secret\r\n"],
    ["303Location: /order/17?token=secret\r\n", "303Location: https://pay.example/\r\n"],
  );

  expect(here?.pages).toEqual({ from: "/search", to: "/order/17" });
  expect(here?.path).toBe("/product/pen");
  expect(elsewhere?.pages).toEqual({ from: "", to: "" });
});

test("inside the mesh nobody is a visitor", async () => {
  const server = serve(() => ok("x"));
  const it = await mesh({ instances: [server.port] });
  it.swap({ visitors: KEYS });

  const client = await rawClient(it.port);
  await client.send(`GET / HTTP/1.1\r\nHost: app\r\nCookie: ${FIRST}\r\n\r\n`);
  await client.until("x");

  expect((await it.spans(1))[0]?.visit).toBe(0);
});

test("on one connection each request is told by its own fields and under the key of its time", async () => {
  const server = serve(() => ok("x"));
  const it = await mesh({ instances: [server.port] });
  it.swap({ visitors: KEYS });
  const client = await rawClient(it.published);
  const ask = async (fields: string) => {
    await client.send(`GET /cart HTTP/1.1\r\nHost: shop.example\r\n${fields}\r\n`);
    await client.until("x");
    return (await it.spans(1))[0] as TestSpan;
  };
  const [one, again] = [await ask(`Cookie: ${FIRST}\r\n`), await ask(`Cookie: ${FIRST}\r\n`)];
  const other = await ask(`Cookie: ${SECOND}\r\n`);
  const out = await ask(`Cookie: ${FIRST}\r\nSec-GPC: 1\r\n`);
  const back = await ask(`Cookie: ${FIRST}\r\n`);
  it.swap({ visitors: { current: "f0".repeat(16) } });
  const later = await ask(`Cookie: ${FIRST}\r\n`);

  expect([again, back].map(key)).toEqual([key(one), key(one)]);
  expect(key(other)).not.toEqual(key(one));
  expect(out.visit).toBe(VISIT_FLAG.optedOut);
  expect(key(later)).not.toEqual(key(one));
});

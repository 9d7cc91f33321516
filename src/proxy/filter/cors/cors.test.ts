// HTTPCORSFilter: what a browser is told, over real sockets.
import { expect, test } from "bun:test";
import { proxyFixture } from "../../../../test/support/proxy-fixture.ts";
import { ok, rawClient } from "../../../../test/support/raw-tcp.ts";
import { route, rule, to } from "../../../../test/support/routes.ts";
import type { Cors } from "../../../model/route.ts";

const { serve, mesh } = proxyFixture();

const OPEN: Cors = {
  allowOrigins: ["https://shop.example"],
  allowCredentials: false,
  allowMethods: ["GET", "PUT"],
  allowHeaders: ["X-Token"],
  exposeHeaders: ["X-Total"],
  maxAgeS: 60,
};

async function ask(config: Partial<Cors>, request: string, answer = ok("app")): Promise<string> {
  const server = serve(() => answer);
  const one = rule({ filters: [{ type: "cors", ...OPEN, ...config }], backends: [to("v1")] });
  const { port } = await mesh({ others: { v1: [server.port] }, routing: { http: [route([one])] } });
  const client = await rawClient(port);
  await client.send(`${request.replaceAll("\n", "\r\n")}\r\n\r\n`);
  return client.until(/\r\n\r\n/);
}

const preflight = (origin: string) =>
  `OPTIONS /x HTTP/1.1\nHost: app\nOrigin: ${origin}\nAccess-Control-Request-Method: PUT\nAccess-Control-Request-Headers: x-token, x-other`;
const get = (origin: string) => `GET /x HTTP/1.1\nHost: app\nOrigin: ${origin}`;
const VARY = "Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers\r\n";

test.each<[what: string, config: Partial<Cors>, origin: string, lines: string]>([
  [
    "an allowed origin",
    {},
    "https://shop.example",
    `Access-Control-Allow-Origin: https://shop.example\r\nAccess-Control-Allow-Methods: GET, PUT\r\nAccess-Control-Allow-Headers: X-Token\r\nAccess-Control-Max-Age: 60\r\n${VARY}`,
  ],
  ["another origin", {}, "https://evil.example", VARY],
  ["another scheme", {}, "http://shop.example", VARY],
  ["another port", {}, "https://shop.example:8443", VARY],
  ["null", {}, "null", VARY],
  [
    "everything, without credentials",
    { allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], maxAgeS: 0 },
    "https://any.example",
    `Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Methods: *\r\nAccess-Control-Allow-Headers: *\r\n${VARY}`,
  ],
  [
    // Fetch §3.2.5: with credentials the star is no wildcard
    "everything, with credentials",
    { allowOrigins: ["*"], allowMethods: ["*"], allowHeaders: ["*"], allowCredentials: true, maxAgeS: 0 },
    "https://any.example",
    `Access-Control-Allow-Origin: https://any.example\r\nAccess-Control-Allow-Credentials: true\r\nAccess-Control-Allow-Methods: PUT\r\nAccess-Control-Allow-Headers: x-token, x-other\r\n${VARY}`,
  ],
])("a preflight from %s is answered by the mesh", async (_, config, origin, lines) => {
  expect(await ask(config, preflight(origin))).toBe(
    `HTTP/1.1 204 No Content\r\n${lines}Proxy-Status: meshwise\r\n\r\n`,
  );
});

test.each<[pattern: string, origin: string, isAllowed: boolean]>([
  ["https://*.shop.example", "https://a.shop.example", true],
  ["https://*.shop.example", "https://a.b.shop.example", true],
  ["https://*.shop.example", "https://shop.example", false],
  ["https://*.shop.example", "https://evilshop.example", false],
  ["https://*.shop.example", "https://evil.example/.shop.example", false],
  ["https://*.shop.example", "http://a.shop.example", false],
  ["https://*.shop.example", "https://a.shop.example:444", false],
  ["https://*.shop.example:444", "https://a.shop.example:444", true],
])("%s and the origin %s: %p", async (pattern, origin, isAllowed) => {
  const text = await ask({ allowOrigins: [pattern] }, get(origin));
  expect(text.includes(`Access-Control-Allow-Origin: ${origin}\r\n`)).toBe(isAllowed);
});

test("an actual request is answered by the service, with the permission in place of what it said itself", async () => {
  const own = "Access-Control-Allow-Origin: *\r\nAccess-Control-Allow-Credentials: true\r\nX-Total: 3\r\n";
  expect(await ask({}, get("https://shop.example"), ok("app", own))).toBe(
    `HTTP/1.1 200 OK\r\nX-Total: 3\r\nContent-Length: 3\r\nAccess-Control-Allow-Origin: https://shop.example\r\nAccess-Control-Expose-Headers: X-Total\r\nVary: Origin\r\n\r\napp`,
  );
});

test("an OPTIONS request that is no preflight goes to the service", async () => {
  expect(await ask({}, "OPTIONS /x HTTP/1.1\nHost: app\nOrigin: https://shop.example")).toStartWith("HTTP/1.1 200 OK");
});

test("a page may read why its call failed", async () => {
  const one = rule({ filters: [{ type: "cors", ...OPEN }], backends: [to("gone")] });
  const { port } = await mesh({ others: { gone: [] }, routing: { http: [route([one])] } });
  const client = await rawClient(port);
  await client.send("GET / HTTP/1.1\r\nHost: app\r\nOrigin: https://shop.example\r\n\r\n");

  const text = await client.until("no_endpoint");
  expect(text).toStartWith("HTTP/1.1 503");
  expect(text).toContain("Access-Control-Allow-Origin: https://shop.example\r\n");
});

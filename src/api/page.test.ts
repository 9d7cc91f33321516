// The built page, served by a real server from a folder with files as a build leaves them.
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openIn } from "../../test/support/open-observatory.ts";
import { systemClock } from "../base/clock.ts";
import type { Observatory } from "../observatory/observatory.ts";
import { type Api, serveApi } from "./server.ts";

const INDEX = "<!doctype html><title>Meshwise</title>";
const SCRIPT = `console.log(${JSON.stringify("x".repeat(5_000))})`;

let folder: string;
let observatory: Observatory;
let api: Api;
let bare: Api;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "meshwise-page-"));
  const built = join(folder, "dist");
  mkdirSync(join(built, "assets"), { recursive: true });
  writeFileSync(join(folder, "secret.txt"), "secret");
  writeFileSync(join(built, "index.html"), INDEX);
  writeFileSync(join(built, "favicon.svg"), "<svg/>");
  writeFileSync(join(built, "assets/app-1a2b3c.js"), SCRIPT);
  writeFileSync(join(built, "assets/app-1a2b3c.css"), "body{}");
  writeFileSync(join(built, "assets/app-1a2b3c.css.gz"), Bun.gzipSync("/* by the build */"));
  writeFileSync(join(built, "assets/inter.woff2"), "font");
  writeFileSync(join(built, "assets/.hidden"), "hidden");
  observatory = await openIn(join(folder, "store"), systemClock, []);
  api = serveApi({ clock: systemClock, observatory, pageDirectory: built }, 0);
  bare = serveApi({ clock: systemClock, observatory, pageDirectory: join(folder, "nothing") }, 0);
});

afterAll(async () => {
  await api.close();
  await bare.close();
  await observatory.close();
  rmSync(folder, { recursive: true, force: true });
});

describe("places", () => {
  test.each(["/", "/map", "/service/cart", "/service/shop%2Fcart?since=5m", "/why", "/journeys", "/mesh", "/apiary"])(
    "%s is the page",
    async (path) => {
      const response = await fetch(api.url + path);

      expect(response.status).toBe(200);
      expect(response.headers.get("content-type")).toContain("text/html");
      expect(response.headers.get("cache-control")).toBe("no-cache");
      expect(response.headers.get("content-security-policy")).toContain("default-src 'self'");
      expect(response.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(await response.text()).toBe(INDEX);
    },
  );

  test.each(["/api/v1/nothing", "/api", "/api/v2/stat"])("%s is no page but a problem", async (path) => {
    const response = await fetch(api.url + path);

    expect(response.status).toBe(404);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
  });
});

describe("files", () => {
  test.each([
    ["/assets/app-1a2b3c.js", "text/javascript"],
    ["/assets/app-1a2b3c.css", "text/css"],
    ["/assets/inter.woff2", "font/woff2"],
    ["/favicon.svg", "image/svg+xml"],
  ])("%s is %s", async (path, type) => {
    const response = await fetch(api.url + path);

    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toStartWith(type);
    expect(response.headers.get("x-content-type-options")).toBe("nosniff");
    const keeps = path.startsWith("/assets/") ? "public, max-age=31536000, immutable" : "no-cache";
    expect(response.headers.get("cache-control")).toBe(keeps);
  });

  test("text is compressed for those who can read it, by the build's own file when there is one", async () => {
    const raw = { decompress: false } as RequestInit;
    const script = await fetch(`${api.url}/assets/app-1a2b3c.js`, {
      ...raw,
      headers: { "accept-encoding": "br, gzip" },
    });
    const style = await fetch(`${api.url}/assets/app-1a2b3c.css`, { headers: { "accept-encoding": "gzip" } });
    const plain = await fetch(`${api.url}/assets/app-1a2b3c.js`, { headers: { "accept-encoding": "gzip;q=0" } });

    expect(script.headers.get("content-encoding")).toBe("gzip");
    expect(script.headers.get("vary")).toBe("accept-encoding");
    expect((await script.bytes()).length).toBeLessThan(SCRIPT.length / 10);
    expect(await style.text()).toBe("/* by the build */");
    expect(plain.headers.get("content-encoding")).toBeNull();
    expect(await plain.text()).toBe(SCRIPT);
  });

  test("HEAD has no body", async () => {
    const response = await fetch(`${api.url}/assets/app-1a2b3c.js`, { method: "HEAD" });

    expect([response.status, await response.text()]).toEqual([200, ""]);
  });

  test.each([
    "/assets/nothing.js",
    "/assets/../secret.txt",
    "/assets/../../secret.txt",
    "/assets/%2e%2e/%2e%2e/secret.txt",
    "/assets/..%2f..%2fsecret.txt",
    "/assets/.hidden",
    "/assets//etc/passwd",
    "/assets/",
    "/secret.txt",
  ])("%s shows nothing that is not the build's", async (path) => {
    const answer = await raw(path);

    expect(answer).not.toContain("secret\n");
    expect(answer).not.toMatch(/\r\n\r\n(secret|hidden|root:)/);
  });
});

test("a page that was not built says how to build it, and the API works all the same", async () => {
  const page = await fetch(`${bare.url}/map`);
  const health = await fetch(`${bare.url}/api/v1/health`);

  expect(page.status).toBe(503);
  expect(await page.text()).toContain("npm run web");
  expect(health.status).toBe(200);
});

/** fetch would tidy up the path */
function raw(path: string): Promise<string> {
  const port = Number(new URL(api.url).port);
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    let answer = "";
    socket.on("error", reject);
    socket.on("data", (data) => {
      answer += data.toString("latin1");
    });
    socket.on("close", () => resolve(answer));
    socket.write(`GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: close\r\n\r\n`);
  });
}

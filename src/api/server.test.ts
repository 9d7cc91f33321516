import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "../../test/support/eventually.ts";
import { openIn } from "../../test/support/open-observatory.ts";
import { batchOf, randomSpans, span } from "../../test/support/telemetry.ts";
import { systemClock } from "../base/clock.ts";
import { seededRandom } from "../base/random.ts";
import type { Observatory } from "../observatory/observatory.ts";
import { type Api, serveApi } from "./server.ts";
import type { Answer, ApiProblem, StatRow, TapRow } from "./types.ts";

let directory: string;
let observatory: Observatory;
let api: Api;
let port: number;
let sequence = 0;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "meshwise-api-"));
  observatory = await openIn(directory, systemClock, []);
  api = serveApi({ clock: systemClock, observatory }, 0);
  port = Number(new URL(api.url).port);
  const nowUs = systemClock.nowUs();
  observatory.intake.spans(batchOf(randomSpans(300, nowUs - 5e6, nowUs, seededRandom(3)), sequence++));
});

afterAll(async () => {
  await api.close();
  await observatory.close();
  rmSync(directory, { recursive: true, force: true });
});

const ask = (path: string, init: RequestInit = {}) => fetch(api.url + path, init);

describe("who may ask", () => {
  test.each([
    ["127.0.0.1", 200],
    ["localhost", 200],
    ["[::1]", 200],
    ["LOCALHOST", 200],
    ["rebound.example.com", 421],
    ["127.0.0.1.example.com", 421],
    ["", 421],
  ])("Host %s", async (host, status) => {
    expect(await statusOf([`Host: ${host}${host && `:${port}`}`])).toBe(status);
  });

  test.each([
    ["http://127.0.0.1:PORT", 200],
    ["http://localhost:PORT", 200],
    ["https://localhost:PORT", 403],
    ["http://localhost:1", 403],
    ["http://evil.example.com", 403],
    ["null", 403],
  ])("Origin %s", async (origin, status) => {
    const headers = [`Host: 127.0.0.1:${port}`, `Origin: ${origin.replace("PORT", String(port))}`];
    expect(await statusOf(headers)).toBe(status);
  });

  test("another port in Host is another host", async () => {
    expect(await statusOf(["Host: 127.0.0.1:1"])).toBe(421);
  });

  test.each(["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])("%s is refused", async (method) => {
    const response = await ask("/api/v1/stat", { method });

    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });

  test("every answer forbids being framed, sniffed, cached or read by others", async () => {
    for (const path of ["/api/v1/stat", "/metrics", "/api/v1/nothing"]) {
      const { headers } = await ask(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
      expect(headers.get("cache-control")).toBe("no-store");
      expect(headers.get("access-control-allow-origin")).toBeNull();
    }
  });
});

describe("questions", () => {
  test.each([
    "/api/v1/stat?since=60",
    "/api/v1/stat?since=-1s",
    "/api/v1/stat?sinc=60s",
    "/api/v1/stat?since=60s&since=5m",
    "/api/v1/stat?from=yesterday",
    "/api/v1/stat?from=2030-01-02T00:00:00Z&to=2030-01-01T00:00:00Z",
    "/api/v1/tap?status=600",
    "/api/v1/tap?status=5x",
    "/api/v1/tap?error=nonsense",
    "/api/v1/tap?method=FETCH",
    "/api/v1/tap?limit=0",
    "/api/v1/tap?limit=1000000",
    "/api/v1/tap?min-duration=fast",
    "/api/v1/tap?follow=maybe",
    "/api/v1/tap?follow=1&since=5m",
    "/api/v1/workloads?x=1",
  ])("%s is refused with a reason", async (path) => {
    const response = await ask(path);
    const problem = (await response.json()) as ApiProblem;

    expect(response.status).toBe(400);
    expect(response.headers.get("content-type")).toBe("application/problem+json");
    expect(problem.status).toBe(400);
    expect(problem.detail.length).toBeGreaterThan(10);
  });

  test("a path that is not there is a problem that names what is", async () => {
    const response = await ask("/api/v1/stats");

    expect(response.status).toBe(404);
    expect(((await response.json()) as ApiProblem).detail).toContain("/api/v1/stat,");
  });

  test("HEAD answers as GET does, without a body", async () => {
    const response = await ask("/api/v1/stat", { method: "HEAD" });

    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  test("an answer says what time it is of, for which window, and how complete it is", async () => {
    const answer = (await (await ask("/api/v1/stat?since=30s")).json()) as Answer<StatRow>;

    expect(Date.parse(answer.window.to) - Date.parse(answer.window.from)).toBeLessThanOrEqual(41_000);
    expect(Date.parse(answer.asOf)).toBeLessThanOrEqual(Date.parse(answer.window.to));
    expect(answer.coverage.spans).toBe(1);
  });

  test("stat of one service is the row that stat of all has", async () => {
    const all = (await (await ask("/api/v1/stat?since=5m")).json()) as Answer<StatRow>;
    const one = (await (await ask("/api/v1/stat?since=5m&service=cart")).json()) as Answer<StatRow>;

    expect(one.rows).toHaveLength(1);
    expect(one.rows[0]?.requests).toBe(all.rows.find((row) => row.service === "cart")?.requests as number);
  });

  test("tap filters", async () => {
    const query = "/api/v1/tap?limit=1000&destination=cart&status=5xx&method=get&min-duration=1ms";
    const { rows } = (await (await ask(query)).json()) as Answer<TapRow>;

    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(row.destination).toBe("cart");
      expect(row.status).toBeGreaterThanOrEqual(500);
      expect(row.method).toBe("GET");
      expect(row.durationUs).toBeGreaterThanOrEqual(1_000);
      expect(row.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
      expect(row.traceId).toMatch(/^[0-9a-f]{32}$/);
    }
  });

  test("workloads, processes and health", async () => {
    expect(((await (await ask("/api/v1/workloads")).json()) as Answer<object>).rows).toHaveLength(4);
    expect(((await (await ask("/api/v1/processes")).json()) as Answer<object>).rows).toHaveLength(1);
    expect((await ask("/healthz")).status).toBe(200);
    expect((await ask("/readyz")).status).toBe(200);
  });
});

describe("following", () => {
  test("shows what comes and meets the filter, and ends after the limit", async () => {
    const response = await ask("/api/v1/tap?follow=1&path=/followed&limit=2");
    feed(["/followed/1", "/other", "/followed/2", "/followed/3"]);

    const rows = parse(await response.text());

    expect(rows.map((row) => row.path)).toEqual(["/followed/1", "/followed/2"]);
  });

  test("shows no more than the rate, and counts what it skips", async () => {
    const response = await ask("/api/v1/tap?follow=1&path=/fast&rate=5&limit=6");
    feed(Array.from({ length: 50 }, (_, index) => `/fast/${index}`));
    const stop = systemClock.every(100, () => feed(["/fast/later"]));

    const rows = parse(await response.text());
    stop.cancel();

    expect(rows.slice(0, 5).map((row) => row.skippedBefore)).toEqual(Array(5).fill(undefined));
    expect(rows[5]?.skippedBefore).toBeGreaterThanOrEqual(45);
  });

  test("a follower who goes away is forgotten", async () => {
    let followers = 0;
    const follow: typeof observatory.queries.follow = (filter, take) => {
      followers++;
      const stop = observatory.queries.follow(filter, take);
      return () => {
        followers--;
        stop();
      };
    };
    const watched = { ...observatory, queries: { ...observatory.queries, follow } };
    const other = serveApi({ clock: systemClock, observatory: watched }, 0);
    const gone = new AbortController();
    const response = await fetch(`${other.url}/api/v1/tap?follow=1`, { signal: gone.signal });
    expect(followers).toBe(1);

    gone.abort();

    await eventually(() => followers === 0);
    await response.text().catch(() => {});
    await other.close();
  });
});

test("takes the next port when the first is taken", async () => {
  const second = serveApi({ clock: systemClock, observatory }, port);

  expect(Number(new URL(second.url).port)).toBeGreaterThan(port);
  await second.close();
});

function feed(paths: readonly string[]): void {
  const startUs = systemClock.nowUs() - 1_000;
  observatory.intake.spans(
    batchOf(
      paths.map((path) => span({ startUs, path })),
      sequence++,
    ),
  );
}

function parse(text: string): TapRow[] {
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as TapRow);
}

/** fetch does not let a test choose Host and Origin */
function statusOf(headers: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port });
    socket.on("error", reject);
    socket.once("data", (data) => {
      socket.destroy();
      resolve(Number(data.toString().split(" ")[1]));
    });
    socket.write(["GET /api/v1/stat HTTP/1.1", ...headers, "Connection: close", "", ""].join("\r\n"));
  });
}

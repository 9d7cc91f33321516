// Turns of opaque connections through the proxy: what is recorded of them, and that bytes pass as they are.
import { describe, expect, test } from "bun:test";
import { proxyFixture } from "../../../test/support/proxy-fixture.ts";
import type { TestSpan } from "../../../test/support/proxy-harness.ts";
import { rawClient } from "../../../test/support/raw-tcp.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { FLAG, PROTOCOLS } from "../../model/span.ts";

const { serve, mesh } = proxyFixture();

const told = ({ protocol, path, errorCode, flags }: TestSpan) =>
  [PROTOCOLS[protocol], path, errorCode, flags & FLAG.stream ? "stream" : undefined].filter(Boolean).join(" ");

/** Sends and waits for each answer, then closes. */
async function talk(dialogue: readonly (readonly [request: string, answer: string])[], count: number) {
  let at = 0;
  let asked = "";
  const server = serve((text) => {
    asked += text;
    const [request, answer] = dialogue[at] ?? ["", ""];
    if (asked !== request) return undefined;
    asked = "";
    at++;
    return answer;
  });
  const { port, spans } = await mesh({ instances: [server.port], protocol: "tcp" });
  const client = await rawClient(port);
  let seen = "";
  for (const [request, answer] of dialogue) {
    seen += answer;
    await client.send(request);
    await client.until(seen);
  }
  client.finish();
  (await server.connection(0)).finish();
  return spans(count);
}

const command = (...words: string[]) =>
  `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join("")}`;

function message(type: string, body: string): string {
  const head = Buffer.alloc(4);
  head.writeInt32BE(4 + body.length);
  return type + head.toString("latin1") + body;
}
const opening = (code: number, body: string) => {
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(code, 4);
  return head.toString("latin1") + body;
};
const READY = message("Z", "I");
const STARTUP: readonly [string, string] = [opening(196608, "user\0shop\0\0"), message("R", "\0\0\0\0") + READY];
const failure = (state: string) => message("E", `SERROR\0VERROR\0C${state}\0Mno secret\0\0`);

describe("Redis", () => {
  test("each command with its reply, in a pipeline too; the connection has what no turn has", async () => {
    const all = await talk(
      [
        [command("SET", "a", "b"), "+OK\r\n"],
        [command("GET", "a") + command("LPUSH", "a", "b"), "$1\r\nb\r\n-WRONGTYPE no\r\n"],
        [command("BRPOP", "queue", "0"), "*-1\r\n"],
        [command("PING"), "-LOADING wait\r\n"],
        [command("SET", "a", "b"), "-MISCONF Errors writing to the AOF file: No space left on device\r\n"],
      ],
      7,
    );

    expect(all.map(told)).toEqual([
      "redis SET",
      "redis GET",
      "redis LPUSH statement_refused",
      "redis BRPOP stream",
      "redis PING statement_failed",
      "redis SET statement_unwritten",
      "tcp",
    ]);
    expect(all.at(-1)).toMatchObject({ requestBytes: 0, responseBytes: 0 });
    expect(new Set(all.map(({ trace0, trace1 }) => `${trace0} ${trace1}`)).size).toBe(7);
    expect(all.map(({ flags }) => flags & FLAG.reused)).toEqual([0, 1, 1, 1, 1, 1, 0]);
  });

  test("a subscriber is a connection only", async () => {
    const all = await talk(
      [
        [command("SUBSCRIBE", "news"), "*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n"],
        [command("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n"],
      ],
      1,
    );

    expect(all.map(told)).toEqual(["tcp"]);
  });

  test("what was not answered when the service goes has failed", async () => {
    const server = serve(() => undefined);
    const { port, spans } = await mesh({ instances: [server.port], protocol: "tcp" });
    const client = await rawClient(port);
    await client.send(command("GET", "a"));
    const connection = await server.connection(0);
    await connection.until("a\r\n");
    connection.reset();
    await client.ended();

    expect((await spans(2)).map(told)).toEqual(["redis GET upstream_reset", "tcp upstream_reset"]);
  });
});

describe("PostgreSQL", () => {
  test("a query until the server is ready again, simple or prepared", async () => {
    const bind = message("B", "\0byId\0\0\0\0\0\0\0") + message("E", "\0\0\0\0\0") + message("S", "");
    const all = await talk(
      [
        [opening(80877103, ""), "N"],
        STARTUP,
        [message("Q", "INSERT INTO orders VALUES ('secret')\0"), message("C", "INSERT 0 1\0") + READY],
        [
          message("P", "byId\0SELECT * FROM stock WHERE id=$1\0\0\0") + bind,
          message("1", "") + message("2", "") + READY,
        ],
        [message("P", "other\0SELECT 1\0\0\0") + message("S", ""), message("1", "") + READY],
        [bind, message("2", "") + failure("23505") + READY],
        [message("Q", "SELECT 1\0"), failure("53300") + READY],
        [message("Q", "SELECT 1\0"), failure("57P03") + READY],
      ],
      8,
    );

    expect(all.map(told)).toEqual([
      "postgres STARTUP",
      "postgres INSERT orders",
      "postgres SELECT stock",
      "postgres PREPARE",
      "postgres SELECT stock statement_refused",
      "postgres SELECT statement_crowded",
      "postgres SELECT statement_failed",
      "tcp",
    ]);
  });

  test("encrypted: by the change of direction", async () => {
    const all = await talk(
      [
        [opening(80877103, ""), "S"],
        ["\x16\x03\x01 hello", "\x16\x03\x03 hello"],
        ["\x17 query", "\x17 rows"],
      ],
      3,
    );

    expect(all.map(told)).toEqual(["turns", "turns", "tcp"]);
  });
});

test("what cannot be read has a turn each time the client speaks after the server did", async () => {
  const all = await talk(
    [
      ["mail from a\r\n", "250 ok\r\n"],
      ["data\r\n", "354 go on\r\n"],
      ["hello\r\n.\r\n", "250 ok\r\n"],
    ],
    4,
  );

  expect(all.map(told)).toEqual(["turns", "turns", "turns", "tcp"]);
  expect(all.map(({ requestBytes }) => requestBytes)).toEqual([13, 6, 10, 0]);
});

test.each([
  ["text/event-stream; charset=utf-8", 2_000, true],
  ["Text/Event-Stream", 2_000, true],
  ["text/event-stream", 500, false],
  ["application/json", 2_000, false],
])("an answer of %s that comes in for %d ms: its time is no latency: %p", async (type, ms, isStream) => {
  const clock = manualClock();
  const server = serve(() => `HTTP/1.1 200 OK\r\nContent-Type: ${type}\r\nContent-Length: 20\r\n\r\ndata: 1\n\n`);
  const { port, spans } = await mesh({ instances: [server.port], deps: { clock } });
  const client = await rawClient(port);
  await client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
  await client.until("data: 1");
  clock.advance(ms);
  await (await server.connection(0)).send("data: 123\n\n");
  await client.until("data: 123");

  expect(((await spans(1))[0]?.flags ?? 0) & FLAG.stream).toBe(isStream ? FLAG.stream : 0);
});

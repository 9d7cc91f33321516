// The small server that takes the place of Redis, spoken to by the clients that the services use.
import { afterEach, beforeEach, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start } from "../../testing.ts";
import { openRedis, type Redis } from "../lib/redis.ts";
import { openCommands } from "./commands.ts";
import { commandReader, encode } from "./resp.ts";

let folder: string;
let server: Awaited<ReturnType<typeof start>>;
let redis: Redis;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "redis-test-"));
  await startServer();
});

afterEach(async () => {
  redis.close();
  server.process.kill();
  await server.process.exited;
  await rm(folder, { recursive: true, force: true });
});

async function startServer(): Promise<void> {
  server = await start("redis", { REDIS_DIR: folder });
  redis = openRedis(`redis://127.0.0.1:${server.port}`);
}

test("a cart is counted, read and emptied", async () => {
  expect(await redis.send("HINCRBY", "cart:1", "mug", 2)).toBe(2);
  expect(await redis.send("HINCRBY", "cart:1", "mug", 3)).toBe(5);
  expect(await redis.send("HGETALL", "cart:1")).toEqual({ mug: "5" });
  expect(await redis.send("HLEN", "cart:1")).toBe(1);
  expect(await redis.send("HDEL", "cart:1", "mug", "pen")).toBe(1);
  expect(await redis.send("HGETALL", "cart:1")).toEqual({});
});

test("SET NX keeps what is there", async () => {
  expect(await redis.send("SET", "charge:1", "a", "NX", "EX", 60)).toBe("OK");
  expect(await redis.send("SET", "charge:1", "b", "NX", "EX", 60)).toBeNull();
  expect(await redis.send("GET", "charge:1")).toBe("a");
});

test("who waits for a list gets what is pushed; a wait that is over brings nothing", async () => {
  const waiting = redis.send("BRPOPLPUSH", "waiting", "sending", 5);
  const other = openRedis(`redis://127.0.0.1:${server.port}`);

  await other.send("LPUSH", "waiting", "first");

  expect(await waiting).toBe("first");
  expect(await redis.send("LRANGE", "sending", 0, -1)).toEqual(["first"]);
  expect(await redis.send("LREM", "sending", 1, "first")).toBe(1);
  expect(await redis.send("BRPOPLPUSH", "waiting", "sending", 0.05)).toBeNull();
  other.close();
});

test("what was answered is there after a kill", async () => {
  await redis.send("LPUSH", "waiting", "one", "two");
  redis.close();
  server.process.kill("SIGKILL");
  await server.process.exited;

  await startServer();

  expect(await redis.send("RPOPLPUSH", "waiting", "sending")).toBe("one");
  expect(await redis.send("LRANGE", "waiting", 0, -1)).toEqual(["two"]);
});

test("what is no command is an error, and what is not the protocol ends the connection", async () => {
  await expect(redis.send("FLUSHALL")).rejects.toThrow("unknown command");
  await expect(redis.send("HINCRBY", "cart:1", "mug", "many")).rejects.toThrow("not an integer");

  const answer = await new Promise<string>((resolve) => {
    let said = "";
    const socket = connect(server.port, "127.0.0.1", () => socket.write("*1\r\n$-5\r\n"));
    socket.on("data", (chunk) => {
      said += chunk.toString();
    });
    socket.on("close", () => resolve(said));
  });
  expect(answer).toStartWith("-ERR ");
});

test("a key is gone when its time is over", () => {
  let now = 1_000;
  const commands = openCommands(":memory:", () => now);
  commands.run(["SET", "charge:1", "a", "EX", "10"]);
  commands.run(["HSET", "cart:1", "mug", "1"]);
  commands.run(["EXPIRE", "cart:1", "5"]);

  now += 5_000;
  expect(commands.run(["HLEN", "cart:1"])).toBe(0);
  expect(commands.run(["GET", "charge:1"])).toBe("a");
  now += 5_000;
  expect(commands.run(["GET", "charge:1"])).toBeNull();
});

test("commands are read however the stream is cut", () => {
  const bytes = Buffer.from("*2\r\n$3\r\nGET\r\n$5\r\nch\u00e9r\r\nPING\r\n*1\r\n$4\r\nPING\r\n");
  const expected = [["GET", "ch\u00e9r"], ["PING"], ["PING"]];
  for (let cut = 1; cut < bytes.length; cut++) {
    const taken: string[][] = [];
    const read = commandReader((words) => taken.push(words));

    read(bytes.subarray(0, cut));
    read(bytes.subarray(cut));

    expect(taken).toEqual(expected);
  }
});

test.each([
  [null, "$-1\r\n", "_\r\n"],
  [["a", 1], "*2\r\n$1\r\na\r\n:1\r\n", "*2\r\n$1\r\na\r\n:1\r\n"],
  [{ pairs: [["é", "1"]] as const }, "*2\r\n$2\r\né\r\n$1\r\n1\r\n", "%1\r\n$2\r\né\r\n$1\r\n1\r\n"],
])("%j is encoded for both versions", (reply, two, three) => {
  expect([encode(reply, 2), encode(reply, 3)]).toEqual([two, three]);
});

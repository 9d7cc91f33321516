// Turns of real databases, asked by clients that nobody here wrote, through the data plane.
import { expect, test } from "bun:test";
import { FLAG, PROTOCOLS } from "../../src/model/span.ts";
import { postgresPrograms, redisProgram, startPostgres, startRedis } from "../support/databases.ts";
import { proxyFixture } from "../support/proxy-fixture.ts";
import type { TestSpan } from "../support/proxy-harness.ts";

const { mesh } = proxyFixture();

/** All of one connection, whose own record is the last. */
async function ofConnection(spans: (count: number) => Promise<readonly TestSpan[]>): Promise<TestSpan[]> {
  const all: TestSpan[] = [];
  while (all.at(-1)?.protocol !== 0) all.push(...(await spans(1)));
  return all;
}

const told = ({ protocol, path, errorCode, flags }: TestSpan) =>
  [PROTOCOLS[protocol], path, errorCode, flags & FLAG.stream ? "stream" : undefined].filter(Boolean).join(" ");

test.skipIf(!postgresPrograms)(
  "PostgreSQL: simple and prepared statements, errors, COPY, transactions",
  async () => {
    const server = await startPostgres(postgresPrograms as string);
    const { port, spans } = await mesh({ instances: [server.port] });
    const sql = new Bun.SQL({
      adapter: "postgres",
      hostname: "127.0.0.1",
      port,
      username: "shop",
      database: "postgres",
      max: 1,
    });
    try {
      await sql`CREATE TABLE orders (id int PRIMARY KEY, what text)`.simple();
      for (const id of [1, 2, 3]) await sql`INSERT INTO orders (id, what) VALUES (${id}, ${"hunter2"})`;
      const rows = await sql`SELECT what FROM orders WHERE id = ${2}`;
      expect(rows[0].what).toBe("hunter2");
      expect(sql`INSERT INTO orders (id, what) VALUES (${1}, ${"again"})`).rejects.toThrow();
      await sql.begin(async (own) => {
        await own`UPDATE orders SET what = ${"x"}`;
      });
      await sql`SELECT pg_sleep(0.2)`.simple();
      const large = await sql`SELECT repeat('x', 300000) AS x FROM generate_series(1, 20)`;
      expect(large).toHaveLength(20);
    } finally {
      await sql.close();
    }
    const all = await ofConnection(spans);
    await server.stop();

    const names = all.map(told);
    expect(names[0]).toBe("postgres STARTUP");
    const count = (name: string) => names.filter((one) => one === name).length;
    expect({
      create: count("postgres CREATE"),
      inserted: count("postgres INSERT orders"),
      refused: count("postgres INSERT orders statement_refused"),
      update: count("postgres UPDATE orders"),
      commit: count("postgres COMMIT"),
      connections: count("tcp"),
    }).toEqual({ create: 1, inserted: 3, refused: 1, update: 1, commit: 1, connections: 1 });
    expect(count("postgres SELECT orders")).toBeGreaterThanOrEqual(1);
    expect(names.join("\n")).not.toContain("hunter2");
    const slow = all.filter(({ path, end }) => path === "SELECT" && end >= 200_000);
    expect(slow).toHaveLength(1);
    const large = all.find(({ responseBytes }) => responseBytes > 6_000_000);
    expect(large).toMatchObject({ path: "SELECT", service: 3, workload: 100, source: 7 });
  },
  40_000,
);

test.skipIf(!redisProgram)(
  "Redis: pipelines, blocking commands, errors, binary values",
  async () => {
    const server = await startRedis(redisProgram as string);
    const { port, spans } = await mesh({ instances: [server.port] });
    const client = new Bun.RedisClient(`redis://127.0.0.1:${port}`);
    try {
      await client.set("a", "\r\n*1\r\n$4\r\nPING\r\n");
      expect(await client.get("a")).toBe("\r\n*1\r\n$4\r\nPING\r\n");
      await Promise.all(Array.from({ length: 50 }, (_, i) => client.set(`key ${i}`, "x".repeat(10_000))));
      expect(client.send("LPUSH", ["a", "b"])).rejects.toThrow();
      await client.send("LPUSH", ["queue", "hunter2"]);
      await client.send("BRPOP", ["queue", "1"]);
      await client.hset("hash", { field: "1", other: "2" });
      expect(await client.send("HGETALL", ["hash"])).toBeTruthy();
    } finally {
      client.close();
    }
    const all = await ofConnection(spans);
    await server.stop();

    const names = all.map(told);
    const count = (name: string) => names.filter((one) => one === name).length;
    expect({
      set: count("redis SET"),
      get: count("redis GET"),
      refused: count("redis LPUSH statement_refused"),
      pushed: count("redis LPUSH"),
      waited: count("redis BRPOP stream"),
      hset: count("redis HSET"),
      hgetall: count("redis HGETALL"),
      connections: count("tcp"),
    }).toEqual({ set: 51, get: 1, refused: 1, pushed: 1, waited: 1, hset: 1, hgetall: 1, connections: 1 });
    expect(names.join("\n")).not.toContain("hunter2");
    const carried = all.filter(({ path }) => path === "SET").reduce((sum, one) => sum + one.requestBytes, 0);
    expect(carried).toBeGreaterThan(500_000);
  },
  40_000,
);

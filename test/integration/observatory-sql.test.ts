// `meshwise sql` answers, and whatever is asked of it the observatory goes on.
import { describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, randomSpans } from "../support/telemetry.ts";

async function asked(use: (opened: Opened, ask: (sql: string) => Promise<unknown[][]>) => Promise<void>) {
  await inObservatory(async (first) => {
    first.observatory.intake.spans(batchOf(randomSpans(500, first.clock.nowUs() - 60e6, first.clock.nowUs())));
    const opened = await first.again();
    await use(opened, async (sql) => (await opened.observatory.sql(sql, 1_000)).rows as unknown[][]);
  });
}

test("exchanges and rollups are there under the names that the answers have", async () => {
  await asked(async ({ observatory, clock }, ask) => {
    const { rows } = await observatory.queries.mesh({ fromUs: clock.nowUs() - 120e6, toUs: clock.nowUs() });
    const toCart = rows.filter(({ destination }) => destination === "cart").map(({ all }) => all);
    const sum = (of: (all: (typeof toCart)[number]) => number) => toCart.reduce((total, all) => total + of(all), 0);
    const truth = [sum((all) => all.requests), sum((all) => all.failures)];

    const rolled = await ask(
      `SELECT sum(requests), sum(requests) FILTER (is_failure) FROM rollups_10s WHERE destination = 'cart'`,
    );
    const single = await ask(
      `SELECT count(*), count(*) FILTER (error IS NOT NULL OR status >= 500) FROM exchanges WHERE destination = 'cart'`,
    );

    expect(rolled).toEqual([truth]);
    expect(single).toEqual([truth]);
    const [exemplar] = await ask(
      "SELECT exemplar_us, exemplar_span_id FROM rollups_10s WHERE requests > 0 ORDER BY exemplar_us DESC LIMIT 1",
    );
    const slowest = await ask("SELECT duration_ms * 1000, span_id FROM exchanges ORDER BY duration_ms DESC LIMIT 1");
    expect(slowest).toEqual([exemplar as unknown[]]);
  });
}, 60_000);

test("every view that the help and docs/store.md name answers", async () => {
  const text = readFileSync(join(import.meta.dir, "..", "..", "docs", "store.md"), "utf8");
  const table = text.slice(text.indexOf("| view |")).split("\n\n")[0] as string;
  const cells = [...table.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell]) => cell as string);
  const documented = cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name as string));
  expect(documented).toEqual(expect.arrayContaining(["exchanges", "rollups_1m", "resources", "changes", "losses"]));
  await asked(async (_, ask) => {
    for (const name of documented) expect((await ask(`SELECT count(*) FROM ${name}`))[0]?.[0]).toBeNumber();
  });
}, 60_000);

test("more rows than asked for are cut, and it is said", async () => {
  await asked(async ({ observatory }) => {
    const { columns, rows, isCut } = await observatory.sql("SELECT path, duration_ms FROM exchanges", 10);

    expect(columns.map(({ name }) => name)).toEqual(["path", "duration_ms"]);
    expect(rows).toHaveLength(10);
    expect(isCut).toBe(true);
  });
}, 60_000);

describe("what is hostile is refused", () => {
  const outside = mkdtempSync(join(tmpdir(), "meshwise-sql-"));
  const target = join(outside, "written");
  const refused = [
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM glob('/*')",
    `COPY exchanges TO '${target}'`,
    `ATTACH '${target}'`,
    `EXPORT DATABASE '${target}'`,
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '100GB'",
    "PRAGMA enable_profiling",
    "SELECT 1; SELECT 2",
    "DELETE FROM main.peers",
    "CREATE TABLE main.x AS SELECT 1",
    "SELECT nonsense FROM nowhere",
    "",
    "SELECT repeat('x', 2000000000)",
    "SELECT range(300000000)",
    "SELECT list(a.duration_ms || b.path || c.path) FROM exchanges a, exchanges b, exchanges c",
  ];
  test("each by itself, and the store answers on", async () => {
    await asked(async ({ observatory }, ask) => {
      for (const sql of refused) {
        const code = await observatory.sql(sql, 10).then(
          () => "answered",
          (thrown) => thrown.code,
        );
        expect([sql, code]).toEqual([sql, expect.stringMatching(/^(sql_refused|sql_overdue)$/)]);
      }
      expect(existsSync(target)).toBe(false);
      expect(await ask("SELECT count(*) FROM exchanges")).toEqual([[500]]);
      expect(observatory.trouble()).toBeUndefined();
      rmSync(outside, { recursive: true });
    });
  }, 120_000);
});

test("a second question at the same time is told to wait", async () => {
  await asked(async ({ observatory }) => {
    const first = observatory.sql("SELECT 1", 10);

    await expect(observatory.sql("SELECT 2", 10)).rejects.toMatchObject({ code: "sql_busy" });
    expect((await first).rows).toEqual([[1]]);
  });
}, 60_000);

import { expect, test } from "bun:test";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MeshError } from "../../base/errors/index.ts";
import { diagnose, openDatabase } from "./open.ts";

async function inFolder(use: (file: string, open: () => Promise<string[]>) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-open-"));
  const file = join(folder, "telemetry.duckdb");
  const open = async () => {
    const said: string[] = [];
    const database = await openDatabase({ file, nowUs: () => 1e15, log: (text) => said.push(text), memoryLimitMb: 64 });
    await database.connection.run("CREATE TABLE IF NOT EXISTS mine (x INTEGER)");
    database.connection.closeSync();
    database.instance.closeSync();
    return said;
  };
  try {
    await use(file, open);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const aside = (file: string) => readdirSync(join(file, "..")).filter((name) => name.includes(".aside-"));

test("a store is opened again and again, and nothing is set aside", async () => {
  await inFolder(async (file, open) => {
    for (let i = 0; i < 3; i++) expect(await open()).toEqual([]);
    expect(aside(file)).toEqual([]);
  });
});

test("a file that ended the process three times while it was opened is set aside", async () => {
  await inFolder(async (file, open) => {
    await open();
    writeFileSync(`${file}.opening`, "3");

    const [sentence] = await open();

    expect(sentence).toContain("the last 3 attempts to open it ended this process");
    expect(aside(file)).toHaveLength(1);
    expect(await open()).toEqual([]);
  });
});

test("a store of another version is set aside, with both versions named", async () => {
  await inFolder(async (file, open) => {
    const { DuckDBInstance } = await import("@duckdb/node-api");
    const instance = await DuckDBInstance.create(file);
    const connection = await instance.connect();
    await connection.run("CREATE TABLE format (tag VARCHAR)");
    await connection.run("INSERT INTO format VALUES ('99-future')");
    connection.closeSync();
    instance.closeSync();

    const [sentence] = await open();

    expect(sentence).toContain("its format is 99-future");
    expect(aside(file)).toHaveLength(1);
  });
});

test.each([
  [
    'IO Error: Could not set lock on file "/x": Conflicting lock is held in bun (PID 1). See also https://…',
    "store_busy",
  ],
  ['IO Error: Could not write all bytes to file "/x": No space left on device', "store_failed"],
  ['IO Error: Cannot open file "/x": Permission denied', "store_unwritable"],
  ['IO Error: Cannot open file "/x": Read-only file system', "store_unwritable"],
  ['IO Error: The file "/x" exists, but it is not a valid DuckDB database file!', "store_moved_aside"],
  ["Serialization Error: Failed to deserialize", "store_moved_aside"],
])("%s", (text, code) => {
  expect(diagnose(new Error(text))).toBeInstanceOf(MeshError);
  expect(diagnose(new Error(text)).code).toBe(code as MeshError["code"]);
});

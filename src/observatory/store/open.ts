// Opens the store's file, whatever it finds there: nothing, a store that another process holds, one that was cut off in
// the middle of a write, one of another version, or rubbish. What cannot be read is set aside, never deleted, never a
// reason to die again and again.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { MeshError } from "../../base/errors/index.ts";
import { takeRestored } from "./backup.ts";
import { FORMAT, migrate } from "./migrate.ts";

export type Database = {
  readonly instance: DuckDBInstance;
  readonly connection: DuckDBConnection;
};

export type OpenDeps = {
  readonly file: string;
  readonly nowUs: () => number;
  readonly log: (text: string) => void;
  readonly memoryLimitMb: number;
};

/** Opening killed us this often in a row: it is the file. */
const FATAL_OPENINGS = 3;
const KEPT_ASIDE = 2;

/** @throws MeshError store_busy, store_unwritable or store_failed (worth another try later) */
export async function openDatabase(deps: OpenDeps): Promise<Database> {
  makeDirectory(dirname(deps.file));
  const kept = takeRestored(deps.file, asideName(deps));
  if (kept) deps.log(`store: a backup was restored; what was there before is ${kept}`);
  const marker = `${deps.file}.opening`;
  const openings = countOpenings(marker);
  if (openings >= FATAL_OPENINGS) setAside(deps, `the last ${openings} attempts to open it ended this process`);

  // a native crash cannot be caught; the marker outlives it
  tryWrite(marker, String((openings >= FATAL_OPENINGS ? 0 : openings) + 1));
  try {
    return await openSound(deps);
  } finally {
    rmSync(marker, { force: true });
  }
}

async function openSound(deps: OpenDeps): Promise<Database> {
  try {
    return await open(deps);
  } catch (thrown) {
    const trouble = diagnose(thrown);
    if (trouble.code !== "store_moved_aside") throw trouble;
    setAside(deps, trouble.message);
    try {
      return await open(deps);
    } catch (again) {
      const second = diagnose(again);
      throw second.code === "store_moved_aside" ? new MeshError("store_failed", second.message) : second;
    }
  }
}

async function open({ file, memoryLimitMb, log }: OpenDeps): Promise<Database> {
  const instance = await DuckDBInstance.create(file, {
    memory_limit: `${memoryLimitMb}MB`,
    threads: "1",
    temp_directory: `${file}.tmp`,
    max_temp_directory_size: "256MB",
    preserve_insertion_order: "false",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
  });
  try {
    const connection = await instance.connect();
    const before = await migrate(connection);
    if (before !== undefined && before !== FORMAT) log(`store: brought from format ${before} to ${FORMAT}`);
    return { instance, connection };
  } catch (thrown) {
    instance.closeSync();
    throw thrown;
  }
}

/** DuckDB has no codes for what happened, only texts. */
export function diagnose(thrown: unknown): MeshError {
  if (thrown instanceof MeshError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  const options = { cause: thrown };
  if (text.includes("Could not set lock"))
    return new MeshError("store_busy", text.split(". See also")[0] ?? text, options);
  if (/No space left|ENOSPC|Disk quota|not enough disk space|failed to offload/i.test(text)) {
    return new MeshError("store_failed", `the disk is full (${text})`, options);
  }
  if (/Permission denied|Read-only file system|Operation not permitted|EACCES|EROFS/i.test(text)) {
    return new MeshError("store_unwritable", text, options);
  }
  if (/Cannot open file|Input\/output error|Too many open files|Out of Memory/i.test(text)) {
    return new MeshError("store_failed", text, options);
  }
  return new MeshError("store_moved_aside", text, options);
}

function asideName({ file, nowUs }: OpenDeps): string {
  return `${file}.aside-${new Date(nowUs() / 1000).toISOString().replaceAll(/[:.]/g, "-")}`;
}

function setAside(deps: OpenDeps, reason: string): void {
  const { file, log } = deps;
  const aside = asideName(deps);
  for (const suffix of ["", ".wal"]) {
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  }
  log(new MeshError("store_moved_aside", `${reason.trim()} (now ${aside})`).sentence);
  const folder = dirname(file);
  const old = readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(file)}.aside-`) && !name.endsWith(".wal"))
    .sort()
    .slice(0, -KEPT_ASIDE);
  for (const name of old) {
    for (const suffix of ["", ".wal"]) rmSync(join(folder, name + suffix), { force: true });
  }
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw new MeshError("store_unwritable", String(thrown), { cause: thrown });
  }
}

function countOpenings(marker: string): number {
  try {
    return Number.parseInt(readFileSync(marker, "utf8"), 10) || 0;
  } catch {
    return 0;
  }
}

function tryWrite(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch {
    // no room for a marker: then there is none for the store either, and that is reported
  }
}

// A backup is the store's own file, copied at a moment when it is whole. To restore one is to lay it where the next opening
// finds it: what was there before is kept beside it.
import { closeSync, createReadStream, existsSync, fstatSync, openSync, readSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { DuckDBInstance } from "@duckdb/node-api";
import { MeshError } from "../../base/errors/index.ts";
import { restoredFile } from "./files.ts";
import { canBring } from "./migrate.ts";

export type Backup = { readonly bytes: number; readonly content: ReadableStream<Uint8Array> };

/** @param snapshot copies the store to a path
 *  @returns takes a backup; its file has no name any more, so that nothing is left behind
 *  @throws MeshError store_failed */
export function backups(directory: string, snapshot: (path: string) => Promise<void>): () => Promise<Backup> {
  let count = 0;
  return async () => {
    const path = join(directory, `backup-${process.pid}-${count++}.duckdb`);
    try {
      await snapshot(path);
      const fd = openSync(path, "r");
      const content = Readable.toWeb(createReadStream("", { fd })) as unknown as ReadableStream<Uint8Array>;
      return { bytes: fstatSync(fd).size, content };
    } finally {
      rmSync(path, { force: true });
    }
  };
}

/** @returns what was there before, and is kept; undefined: nothing waits */
export function takeRestored(store: string, aside: string): string | undefined {
  if (!existsSync(restoredFile(store))) return undefined;
  for (const suffix of ["", ".wal"]) {
    if (existsSync(store + suffix)) renameSync(store + suffix, aside + suffix);
  }
  renameSync(restoredFile(store), store);
  return aside;
}

/** @throws MeshError backup_unusable */
export async function checkBackup(file: string): Promise<void> {
  const unusable = (why: string) => new MeshError("backup_unusable", `${file} (${why})`);
  if (!isDatabase(file)) throw unusable("it is not a store's file");
  let instance: DuckDBInstance | undefined;
  try {
    instance = await DuckDBInstance.create(file, { access_mode: "READ_ONLY" });
    const connection = await instance.connect();
    const tag = (await connection.runAndReadAll("SELECT tag FROM format")).getRows()[0]?.[0];
    connection.closeSync();
    if (!canBring(String(tag))) throw unusable(`its format is ${tag}, which this version does not know`);
  } catch (thrown) {
    throw thrown instanceof MeshError ? thrown : unusable(thrown instanceof Error ? thrown.message : String(thrown));
  } finally {
    instance?.closeSync();
  }
}

/** By its magic bytes: DuckDB says it in more words, and would make a file that is not there. */
function isDatabase(file: string): boolean {
  let fd: number;
  try {
    fd = openSync(file, "r");
  } catch (thrown) {
    throw new MeshError("backup_unusable", `${file} (${thrown instanceof Error ? thrown.message : thrown})`);
  }
  try {
    const head = Buffer.alloc(12);
    readSync(fd, head);
    return head.toString("latin1", 8) === "DUCK";
  } finally {
    closeSync(fd);
  }
}

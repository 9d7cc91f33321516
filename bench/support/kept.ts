// What a bench kept of an observatory, as one knows it that was started anew at the time at which it was asked.
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { apiApp } from "../../src/api/app.ts";
import { PREFIX } from "../../src/api/question.ts";
import { type Clock, systemClock } from "../../src/base/clock.ts";
import { DEFAULT_MEMORY_LIMIT_MB, DEFAULT_RETENTION, openObservatory } from "../../src/observatory/observatory.ts";
import { temporaryFolder } from "./children.ts";

const SQL_PROGRAM = join(import.meta.dir, "..", "..", "src", "main", "sql.ts");

export type Kept = {
  /** @param path of a question of the API, such as `why` */
  ask<Document>(path: string, query: Readonly<Record<string, string>>): Promise<Document>;
  close(): Promise<void>;
};

/** What `live` has written into its `--keep` folder, by name of the file; `nameOf` is what `--cases` chooses by. */
export function readKept<Case>(
  folder: string,
  nameOf: (one: Case) => string,
  cases: readonly string[] | undefined,
): readonly Case[] {
  if (!existsSync(folder)) throw new Error(`there is no folder ${folder}; --only live --keep ${folder} makes it`);
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
  const all = names.sort().map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")) as Case);
  const kept = all.filter((one) => cases?.includes(nameOf(one)) ?? true);
  if (kept.length === 0) throw new Error(`${folder} has no such case; --only live --keep ${folder} brings some`);
  return kept;
}

/** @param store the file, of which a copy is opened */
export async function openKept(store: string, atMs: number): Promise<Kept> {
  const directory = temporaryFolder();
  cpSync(store, join(directory, "telemetry.duckdb"));
  const clock = clockAt(atMs);
  const observatory = await openObservatory(
    { clock, log: () => {} },
    {
      ...{ directory, logs: join(directory, "logs"), sqlProgram: SQL_PROGRAM },
      ...{ retention: DEFAULT_RETENTION, memoryLimitMb: DEFAULT_MEMORY_LIMIT_MB },
    },
  );
  return {
    async ask<Document>(path: string, query: Readonly<Record<string, string>>) {
      const response = await apiApp({ clock, observatory }).request(`${PREFIX}/${path}?${new URLSearchParams(query)}`);
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as Document;
    },
    close: observatory.close,
  };
}

/** it goes on from then */
function clockAt(ms: number): Clock {
  const aheadUs = ms * 1000 - systemClock.nowUs();
  return { ...systemClock, nowUs: () => systemClock.nowUs() + aheadUs };
}

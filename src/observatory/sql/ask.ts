// Asks a question in SQL: copies the store, and lets a process with limits on memory and time answer from the copy.
import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { MeshError } from "../../base/errors/index.ts";
import type { SqlAnswer, SqlOutcome, SqlQuestion } from "./answer.ts";

export type AskSqlDeps = {
  readonly clock: Clock;
  /** the program that answers: reads an SqlQuestion from stdin, writes an SqlOutcome to stdout */
  readonly program: string;
  /** where the copy lies meanwhile */
  readonly directory: string;
  readonly snapshot: (path: string) => Promise<void>;
};

export type AskSql = (sql: string, mostRows: number) => Promise<SqlAnswer>;

const WITHIN_MS = 10_000;
/** of writable memory: what DuckDB may use, and the runtime */
const MOST_BYTES = 768 << 20;

/** One question at a time. @returns a function that throws MeshError sql_refused, sql_overdue, sql_busy, store_failed */
export function sqlAsker({ clock, program, directory, snapshot }: AskSqlDeps): AskSql {
  let isBusy = false;
  const file = join(directory, "sql.duckdb");
  const remove = () => {
    for (const suffix of ["", ".wal"]) rmSync(file + suffix, { force: true });
  };
  remove(); // of an earlier process
  return async (sql, mostRows) => {
    if (isBusy) throw new MeshError("sql_busy", "another question is being answered");
    isBusy = true;
    try {
      await snapshot(file);
      return await run({ file, sql, mostRows }, program, clock);
    } finally {
      remove();
      isBusy = false;
    }
  };
}

async function run(question: SqlQuestion, program: string, clock: Clock): Promise<SqlAnswer> {
  const limits = [`--data=${MOST_BYTES}`, `--cpu=${(2 * WITHIN_MS) / 1000}`, "--core=0"];
  const child = Bun.spawn(
    ["prlimit", ...limits, "--", "setpriv", "--pdeathsig", "KILL", "--", process.execPath, program],
    {
      stdin: Buffer.from(JSON.stringify(question)),
      stdout: "pipe",
      stderr: "ignore",
      env: { PATH: process.env.PATH },
    },
  );
  let isLate = false;
  const timer = clock.after(WITHIN_MS, () => {
    isLate = true;
    child.kill("SIGKILL");
  });
  const text = await new Response(child.stdout).text();
  await child.exited;
  timer.cancel();
  if (isLate) throw new MeshError("sql_overdue", `it took more than ${WITHIN_MS / 1000} s`);
  const outcome = parsed(text);
  if (!outcome) throw new MeshError("sql_refused", `it needs more than the ${MOST_BYTES >> 20} MiB that it may have`);
  if ("error" in outcome) throw new MeshError("sql_refused", outcome.error.split("\n\n")[0] ?? outcome.error);
  return outcome;
}

/** undefined: it died before it had written all of it */
function parsed(text: string): SqlOutcome | undefined {
  try {
    return JSON.parse(text) as SqlOutcome;
  } catch {
    return undefined;
  }
}

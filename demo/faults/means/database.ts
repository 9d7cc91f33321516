// Words with the shop's database, as somebody who looks after it says them: PostgreSQL where it runs, else a service's SQLite file.
import { join } from "node:path";
import type { Scene } from "../fault.ts";
import type { Hands } from "../hands.ts";
import { output } from "../shop.ts";
import { enter } from "./network.ts";

const DATABASE = "postgres://shop:shop@127.0.0.1:5432/postgres";
const SQLITE = `const { Database } = require("bun:sqlite"); const [text, file] = process.argv.slice(-2).reverse();
const database = new Database(file, { create: false, readwrite: true }); database.run("PRAGMA busy_timeout = 5000"); database.run(text)`;

/** @param undo is said at the end of the fault */
export async function tellDatabase(
  hands: Hands,
  { workloads }: Scene,
  service: string,
  { sql, undo }: { readonly sql: string; readonly undo: string },
): Promise<void> {
  const postgres = workloads.find((one) => one.service === "postgres");
  const words = (text: string) =>
    postgres
      ? [...enter(postgres), "psql", "-q", "-v", "ON_ERROR_STOP=1", DATABASE, "-c", text]
      : [process.execPath, "-e", SQLITE, join(hands.shop.data, `${service}.db`), text];
  await hands.act({ run: words(undo), isMeshs: true }, () => output(words(sql)));
}

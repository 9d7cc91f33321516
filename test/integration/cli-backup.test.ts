// A backup of a running project, and the way back: what was stored since is gone, what was there before is kept, and nothing
// of the project stops.
import { expect, test } from "bun:test";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostState } from "../../src/api/host-types.ts";
import type { SqlAnswer } from "../../src/api/types.ts";
import { type CommandOptions, inFolder, meshwise } from "../support/command-line.ts";
import { eventually } from "../support/eventually.ts";

const SERVER = `require("node:http").createServer((_, answer) => answer.end("ok")).listen(8080)`;

async function exchangesTo(path: string, options: CommandOptions): Promise<number> {
  const query = `SELECT count(*) FROM exchanges WHERE path = '${path}'`;
  const { code, out, err } = await meshwise(["sql", query, "-o", "json"], options);
  if (code !== 0) throw new Error(err);
  return Number((JSON.parse(out) as SqlAnswer).rows[0]?.[0]);
}

async function ask(path: string, options: CommandOptions): Promise<void> {
  const asked = await meshwise(["run", "--", "curl", "-sf", `http://one:8080${path}`], options);
  expect(asked).toMatchObject({ code: 0, out: "ok" });
  await eventually(async () => (await exchangesTo(path, options)) === 1, { withinMs: 40_000, everyMs: 500 });
}

test("a backup brings back what was stored when it was made", async () => {
  await inFolder(async (folder) => {
    const project = join(folder, "p");
    mkdirSync(project);
    writeFileSync(
      join(project, "compose.yaml"),
      JSON.stringify({ services: { one: { command: ["node", "-e", SERVER], expose: ["8080"] } } }),
    );
    const environment = { MESHWISE_STATE_DIR: join(folder, "state"), MESHWISE_API_PORT: "0" };
    const options = { directory: project, environment };
    const stateOf = async () => JSON.parse((await meshwise(["ps", "-o", "json"], options)).out) as HostState;
    try {
      expect((await meshwise(["up", "-d"], options)).code).toBe(0);
      await ask("/before", options);
      const { pid } = await stateOf();

      const made = await meshwise(["backup", "shop.duckdb"], options);
      expect(made).toMatchObject({ code: 0, err: expect.stringContaining("shop.duckdb has the store of p, ") });
      await ask("/after", options);

      const rubbish = join(project, "rubbish.duckdb");
      writeFileSync(rubbish, "no store at all");
      const refused = await meshwise(["restore", rubbish], options);
      expect(refused).toMatchObject({ code: 1, err: expect.stringContaining(`${rubbish} (it is not a store's file)`) });
      expect(await exchangesTo("/after", options)).toBe(1);

      expect(await meshwise(["restore", "shop.duckdb"], options)).toMatchObject({ code: 0 });
      expect(await exchangesTo("/before", options)).toBe(1);
      expect(await exchangesTo("/after", options)).toBe(0);
      expect((await stateOf()).pid).toBe(pid);

      const store = join(folder, "state", "p", "store");
      const kept = readdirSync(store).filter((name) => name.includes(".aside-") && !name.endsWith(".wal"));
      expect(kept).toHaveLength(1);
      expect(readdirSync(store).filter((name) => /^backup-|restored/.test(name))).toEqual([]);
      expect(existsSync(join(project, "shop.duckdb.part"))).toBe(false);
    } finally {
      await meshwise(["down"], options);
    }
  });
}, 120_000);

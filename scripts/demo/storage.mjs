// Where the shop keeps its data: PostgreSQL and Redis when this machine has them, else SQLite.
import { spawnSync } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { findPostgres, findProgram } from "../setup.mjs";

const NOBODY = 65534;

/**
 * Makes the folder ready and says what compose.yaml must know of it.
 * @param folder exists, and is ours
 * @param owner { uid, gid } of the project's folder: who the services run as when we are root
 * @returns environment, and one line for the user when SQLite has to do
 */
export function prepareStorage(folder, owner) {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) chownSync(folder, owner.uid, owner.gid);
  chmodSync(folder, 0o711); // the database's user must come through
  const environment = { SHOP_DATA: folder };
  if (process.env.SHOP_STORAGE === "sqlite") return { environment };

  const redis = findProgram("redis-server");
  if (redis) environment.SHOP_REDIS_SERVER = redis;
  const postgres = findPostgres();
  const place = join(folder, "postgres");
  const user = isRoot ? postgresUser() : undefined;
  const canUse = postgres && makePlace(place, user);
  if (canUse) {
    environment.COMPOSE_PROFILES = "postgres";
    environment.SHOP_DATABASE = "postgres://shop:shop@postgres:5432/postgres";
    environment.SHOP_PG_BIN = postgres;
    if (user) environment.SHOP_PG_USER = `${user.uid}:${user.gid}`;
  }
  return { environment, ...note({ redis, postgres, canUse, place }) };
}

/** @param user whose it shall be, when we can give it away */
function makePlace(place, user) {
  mkdirSync(place, { mode: 0o700 });
  if (!user) return true;
  chownSync(place, user.uid, user.gid);
  const as = ["--reuid", String(user.uid), "--regid", String(user.gid), "--clear-groups"];
  return spawnSync("setpriv", [...as, "test", "-w", place]).status === 0;
}

/** PostgreSQL refuses to be root; Debian's package brings a user for it. Without root compose.yaml's `nobody` is us. */
function postgresUser() {
  const id = (flag) => Number(spawnSync("id", [flag, "postgres"], { encoding: "utf8" }).stdout || NOBODY);
  return { uid: id("-u"), gid: id("-g") };
}

function note({ redis, postgres, canUse, place }) {
  if (postgres && !canUse) {
    return {
      note: `the shop is on SQLite: the user of PostgreSQL cannot reach ${place}; set TMPDIR to a folder that all may enter`,
    };
  }
  const missing = [...(postgres ? [] : ["postgresql"]), ...(redis ? [] : ["redis-server"])];
  if (missing.length === 0) return {};
  return {
    note: `SQLite takes the place of ${missing.join(" and ")}; for the real ones, as root: apt-get install ${missing.join(" ")}`,
  };
}

/** as root a service runs as who owns the folder of the Compose file */
export function ownerOf(folder) {
  const { uid, gid } = statSync(folder);
  return { uid, gid };
}

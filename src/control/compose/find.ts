// Which file is the project's, which folder, and which variables it is read with.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { MeshError } from "../../base/errors/index.ts";
import type { Problems } from "../yaml/problems.ts";
import { parseDotenv } from "./dotenv.ts";
import type { Lookup } from "./interpolate.ts";

/** in the order of preference of the Compose Specification */
const FILE_NAMES = ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];
const OVERRIDE_NAMES = FILE_NAMES.map((name) => name.replace(/\.(ya?ml)$/, ".override.$1"));

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The Compose file of a folder: $COMPOSE_FILE, else the nearest upwards.
 * @returns an absolute path
 */
export function findComposeFile(from: string, environment: Environment): string {
  const named = environment.COMPOSE_FILE;
  if (named) {
    const [first = "", ...more] = named.split(environment.COMPOSE_PATH_SEPARATOR || ":");
    if (more.length > 0) throw new MeshError("compose_several", named);
    return resolve(from, first);
  }
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    const found = FILE_NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
    const override = OVERRIDE_NAMES.map((name) => join(folder, name)).find((file) => existsSync(file));
    if (found && override) throw new MeshError("compose_several", `${found} and ${override}`);
    if (found) return found;
    if (dirname(folder) === folder) throw new MeshError("compose_missing", `in ${resolve(from)} and the folders above`);
  }
}

/** The user's environment, completed by the .env beside the Compose file. */
export function projectVariables(directory: string, environment: Environment, problems: Problems): Lookup {
  const file = join(directory, ".env");
  if (!existsSync(file)) return (name) => environment[name];
  const { values, mistakes } = parseDotenv(readFileSync(file, "utf8"), (name) => environment[name]);
  for (const { line, column, what, fix } of mistakes) problems.error({ file: ".env", line, column }, ".env", what, fix);
  return (name) => environment[name] ?? values.get(name);
}

/** COMPOSE_PROJECT_NAME, else `name:`, else the folder's name made to fit. */
export function projectName(directory: string, written: string | undefined, lookup: Lookup): string {
  const given = lookup("COMPOSE_PROJECT_NAME");
  if (given) {
    if (!/^[a-z0-9][a-z0-9_-]{0,62}$/.test(given)) throw new MeshError("project_name", `COMPOSE_PROJECT_NAME=${given}`);
    return given;
  }
  const folder = basename(directory)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, "")
    .replace(/^[_-]+/, "")
    .slice(0, 63);
  const name = written ?? folder;
  if (!name) throw new MeshError("project_name", `the folder ${directory}`);
  return name;
}

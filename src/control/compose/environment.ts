// A service's variables and labels: lists and mappings, files, and what is taken over from the user's environment.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { Path } from "../yaml/problems.ts";
import { parseDotenv } from "./dotenv.ts";
import type { RawEnvFile, RawPairs, RawService } from "./raw.ts";
import type { Scope } from "./scope.ts";

/** Later files win over earlier ones, `environment` over all of them. */
export function readEnvironment(scope: Scope, raw: RawService, path: Path): Record<string, string> {
  const values = new Map<string, string>();
  const files = raw.env_file === undefined ? [] : [raw.env_file].flat();
  files.forEach((file, index) => {
    const at = Array.isArray(raw.env_file) ? [...path, "env_file", index] : [...path, "env_file"];
    for (const [name, value] of readEnvFile(scope, file as RawEnvFile, at)) values.set(name, value);
  });
  for (const [name, value] of pairs(scope, raw.environment ?? {}, [...path, "environment"])) {
    // a name alone means: as in the environment of who starts it; not there, then not set
    const given = value ?? scope.lookup(name);
    if (given !== undefined) values.set(name, given);
    else values.delete(name);
  }
  return Object.fromEntries([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

export function readLabels(scope: Scope, raw: RawService, path: Path): Record<string, string> {
  const labels = pairs(scope, raw.labels ?? {}, [...path, "labels"]);
  return Object.fromEntries(labels.map(([name, value]) => [name, value ?? ""]));
}

function pairs(scope: Scope, raw: RawPairs, path: Path): [name: string, value: string | undefined][] {
  if (!Array.isArray(raw)) {
    return Object.entries(raw).map(([name, value]) => [name, value === null ? undefined : String(value)]);
  }
  return raw.flatMap((item: string, index): [string, string | undefined][] => {
    const split = item.indexOf("=");
    const name = split < 0 ? item : item.slice(0, split);
    if (name.trim() === "" || /\s/.test(name)) {
      scope.error([...path, index], `"${item}" is not NAME=value`, "Write NAME=value without spaces around the =.");
      return [];
    }
    return [[name, split < 0 ? undefined : item.slice(split + 1)]];
  });
}

function readEnvFile(scope: Scope, raw: RawEnvFile, path: Path): ReadonlyMap<string, string> {
  const file = typeof raw === "string" ? { path: raw } : raw;
  const absolute = resolve(scope.directory, file.path);
  let text: string;
  try {
    text = readFileSync(absolute, "utf8");
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === "ENOENT";
    if (isMissing && file.required === false) return new Map();
    const what = isMissing ? `${file.path} does not exist` : `${file.path} cannot be read`;
    scope.error(path, what, isMissing ? "Create it, or add required: false." : "Make it a readable file.");
    return new Map();
  }
  if (file.format === "raw") return rawLines(text);
  const { values, mistakes } = parseDotenv(text, scope.lookup);
  for (const { line, column, what, fix } of mistakes) {
    scope.problems.error({ file: file.path, line, column }, "env_file", what, fix);
  }
  return values;
}

function rawLines(text: string): ReadonlyMap<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => line.includes("=") && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
}

// The files of objects that lie beside a Compose file: meshwise.yaml and whatever is in the folder meshwise/.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative } from "node:path";
import { MeshError } from "../../base/errors/index.ts";
import type { SourceText } from "./read.ts";

const NAMES = ["meshwise.yaml", "meshwise.yml"];
const FOLDER = "meshwise";

/** Absolute paths, in the order of their names; none of them needs to be there a moment later. */
export function objectFiles(directory: string): readonly string[] {
  const beside = NAMES.map((name) => join(directory, name)).filter(
    (file) => statSync(file, { throwIfNoEntry: false })?.isFile() ?? false,
  );
  return [...beside, ...yamlFilesIn(join(directory, FOLDER))];
}

/** Those directly in a folder that editors and people do not hide; none when there is no such folder. */
export function yamlFilesIn(folder: string): readonly string[] {
  return entries(folder)
    .filter((name) => /\.ya?ml$/.test(name) && !name.startsWith("."))
    .sort()
    .map((name) => join(folder, name));
}

function entries(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw unreadable(folder, error);
  }
}

/** @param base folder from which people see the files */
export function readTexts(files: readonly string[], base: string): readonly SourceText[] {
  return files.flatMap((file): SourceText[] => {
    try {
      return [{ name: shownFrom(base, file), text: readFileSync(file, "utf8"), origin: "file" }];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw unreadable(file, error);
    }
  });
}

function shownFrom(base: string, file: string): string {
  const near = relative(base, file);
  return near.startsWith("..") ? file : near;
}

function unreadable(path: string, cause: unknown): MeshError {
  return new MeshError("objects_unreadable", `${path} (${(cause as NodeJS.ErrnoException).code})`, { cause });
}

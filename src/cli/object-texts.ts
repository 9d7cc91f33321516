// What -f names: files, folders of them, or standard input.
import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { ApplyObjects } from "../api/host-types.ts";
import { MeshError } from "../base/errors/index.ts";
import { yamlFilesIn } from "../control/gateway/files.ts";
import type { Context } from "./context.ts";

export async function objectTexts(context: Context, names: readonly string[]): Promise<ApplyObjects["texts"]> {
  const texts = await Promise.all(names.map((name) => textsOf(context, name)));
  return texts.flat();
}

async function textsOf(context: Context, name: string): Promise<ApplyObjects["texts"]> {
  if (name === "-") return [{ name: "stdin", text: await Bun.stdin.text() }];
  const path = resolve(context.directory, name);
  const files = attempt(path, () => (statSync(path).isDirectory() ? yamlFilesIn(path) : [path]));
  return files.map((file) => ({
    name: file === path ? name : file.replace(path, name.replace(/\/$/, "")),
    text: attempt(file, () => readFileSync(file, "utf8")),
  }));
}

function attempt<Result>(path: string, read: () => Result): Result {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new MeshError("objects_unreadable", `${path} (${code})`, { cause: error });
  }
}

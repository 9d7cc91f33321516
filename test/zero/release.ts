// Another version of the program, in a folder of its own, as a user would have put it there: to upgrade to.
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

const ROOT = dirname(dirname(import.meta.dirname));

/** Returns its launcher. */
export function release(folder: string, version: string): string {
  mkdirSync(folder, { recursive: true });
  for (const name of ["bin", "src"]) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const manifest = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ ...manifest, version }));
  return join(folder, "bin", "meshwise");
}

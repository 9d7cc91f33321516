// A service's revision: the hash that decides whether its running workloads are rolled.
//
// The rule: everything of the service but how many there are, what it waits for and where it is published; and the
// contents of the regular files inside the project's folder that its command names as arguments (`server.js` in
// `node server.js`, seen from its working directory), and of those that match its `x-meshwise: {files: […]}` globs.
// What a process takes over from the user's environment does not count: another terminal is not another version.
import { createHash, type Hash } from "node:crypto";
import { closeSync, globSync, openSync, readSync, realpathSync, statSync } from "node:fs";
import { isAbsolute, relative, resolve, sep } from "node:path";
import type { ServiceSpec } from "../../model/project.ts";

export type RevisionInput = Pick<
  ServiceSpec,
  | "command"
  | "environment"
  | "workingDirectory"
  | "user"
  | "limits"
  | "healthcheck"
  | "restart"
  | "declaredPorts"
  | "labels"
> &
  Pick<ServiceSpec, "stopSignal" | "stopGraceMs">;

/** @returns 64 hexadecimal digits */
export function revision(directory: string, service: RevisionInput, globs: readonly string[]): string {
  const hash = createHash("sha256");
  hash.update(
    JSON.stringify(canonical({ ...service, workingDirectory: relative(directory, service.workingDirectory) })),
  );
  for (const file of filesOf(directory, service, globs)) {
    hash.update(`\0${relative(directory, file)}\0`);
    addContents(hash, file);
  }
  return hash.digest("hex");
}

function filesOf(directory: string, service: RevisionInput, globs: readonly string[]): readonly string[] {
  const root = real(directory);
  const matched = globSync([...globs], { cwd: directory });
  const named = service.command.map((argument) => resolve(service.workingDirectory, argument));
  const files = new Set<string>();
  for (const file of [...named, ...matched.map((name) => resolve(directory, name))]) {
    const path = real(file);
    if (path && root && isInside(root, path) && statSync(path).isFile()) files.add(path);
  }
  return [...files].sort();
}

function addContents(hash: Hash, file: string): void {
  try {
    const fd = openSync(file, "r");
    try {
      const chunk = Buffer.allocUnsafe(64 * 1024);
      for (let count = readSync(fd, chunk); count > 0; count = readSync(fd, chunk))
        hash.update(chunk.subarray(0, count));
    } finally {
      closeSync(fd);
    }
  } catch {
    // unreadable for us: whether it can be run is for the start to find out
    hash.update("unreadable");
  }
}

function real(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** the same value for the same content, whatever the order of keys */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item)]),
  );
}

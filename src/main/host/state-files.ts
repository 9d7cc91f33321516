// The few files the host itself writes into the state directory, and what it says when it cannot.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { MeshError } from "../../base/errors/index.ts";
import { type Allocation, NOTHING_ALLOCATED } from "../../control/compile.ts";
import type { StoredObject } from "../../control/gateway/gather.ts";
import type { StateDirectory } from "../../model/state-directory.ts";

/** sun_path of sockaddr_un has 108 bytes, the last one 0 */
const MAX_SOCKET_PATH = 107;

/** Makes the directory, ours alone, and finds out now whether it can be written. */
export function prepareState(state: StateDirectory): void {
  for (const socket of [state.hostSocket, state.ingestSocket]) {
    if (Buffer.byteLength(socket) > MAX_SOCKET_PATH) throw new MeshError("state_path_long", socket);
  }
  orStateError(state.root, () => {
    mkdirSync(state.root, { recursive: true, mode: 0o700 });
    mkdirSync(state.logs, { recursive: true, mode: 0o700 });
    // a full disk takes new names but no content
    const probe = join(state.root, "probe");
    try {
      writeFileSync(probe, Buffer.alloc(4096), { mode: 0o600 });
    } finally {
      rmSync(probe, { force: true });
    }
  });
}

/** What is in `host.json`: for people, and for those who look for running projects without asking them. */
export type HostFile = { readonly pid: number; readonly composeFile: string; readonly apiUrl?: string };

export function writeHostFile(state: StateDirectory, content: HostFile): void {
  writeJson(state, state.hostFile, content);
}

export function readHostFile(state: StateDirectory): HostFile | undefined {
  try {
    return JSON.parse(readFileSync(state.hostFile, "utf8")) as HostFile;
  } catch {
    return undefined;
  }
}

export function readAllocation(state: StateDirectory): Allocation {
  // one of an older version lacks what came later
  return { ...NOTHING_ALLOCATED, ...readJson<Partial<Allocation>>(allocationFile(state)) };
}

export function writeAllocation(state: StateDirectory, allocation: Allocation): void {
  writeJson(state, allocationFile(state), allocation);
}

/** What `meshwise apply` was given. */
export function readStored(state: StateDirectory): readonly StoredObject[] {
  return readJson<readonly StoredObject[]>(storedFile(state)) ?? [];
}

export function writeStored(state: StateDirectory, objects: readonly StoredObject[]): void {
  if (objects.length > 0) writeJson(state, storedFile(state), objects);
  else rmSync(storedFile(state), { force: true });
}

function storedFile(state: StateDirectory): string {
  return join(state.root, "objects.json");
}

function allocationFile(state: StateDirectory): string {
  return join(state.root, "allocation.json");
}

/** Undefined: there is none. */
function readJson<Content>(file: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Content;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error instanceof SyntaxError ? new MeshError("state_broken", file) : error;
  }
}

/** Whole or not at all, whenever the machine stops. */
function writeJson(state: StateDirectory, file: string, content: unknown): void {
  const fresh = `${file}.new`;
  orStateError(state.root, () => {
    try {
      writeFileSync(fresh, `${JSON.stringify(content, undefined, 2)}\n`, { mode: 0o600, flush: true });
      renameSync(fresh, file);
    } catch (error) {
      rmSync(fresh, { force: true });
      throw error;
    }
  });
}

export function orStateError<Result>(directory: string, write: () => Result): Result {
  try {
    return write();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === "ENOSPC" || code === "EDQUOT") throw new MeshError("state_full", directory, { cause: error });
    if (code && ["EROFS", "EACCES", "EPERM", "ENOTDIR", "EEXIST"].includes(code)) {
      throw new MeshError("state_unwritable", `${directory} (${message.split(",")[0]})`, { cause: error });
    }
    throw error;
  }
}

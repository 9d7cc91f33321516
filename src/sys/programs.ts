// The programs of the system that make namespaces and rules for us, and where they lie.
import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";

/** program → the Debian package that has it */
export const PROGRAMS = {
  nft: "nftables",
  ip: "iproute2",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  mount: "mount",
} as const;

/** An ordinary user's PATH often lacks them, and nft and ip live there. */
const SYSTEM_FOLDERS = ["/usr/sbin", "/sbin", "/usr/bin", "/bin"];

/** @param path as in $PATH; the system's own folders are searched after it */
export function programFolders(path = ""): readonly string[] {
  return [...new Set([...path.split(delimiter).filter(Boolean), ...SYSTEM_FOLDERS])];
}

/** Absolute path of a program, undefined when there is none. */
export function findProgram(program: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

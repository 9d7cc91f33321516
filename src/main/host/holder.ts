// Who holds a port: for the sentence a user reads when it cannot be published.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";

const LISTEN = "0A";

/** `nginx (process 123)`, as far as this user may see; undefined otherwise */
export function holderOf(port: number): string | undefined {
  const inodes = listeningInodes(port);
  if (inodes.size === 0) return undefined;
  for (const pid of entries("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const fd of entries(`/proc/${pid}/fd`)) {
      const inode = /^socket:\[(\d+)\]$/.exec(link(`/proc/${pid}/fd/${fd}`))?.[1];
      if (inode && inodes.has(inode)) return `${text(`/proc/${pid}/comm`).trim()} (process ${pid})`;
    }
  }
  return undefined;
}

/** proc_net(5): local address in the second column, state in the fourth, inode in the tenth */
function listeningInodes(port: number): ReadonlySet<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  const rows = ["/proc/net/tcp", "/proc/net/tcp6"].flatMap((file) => text(file).split("\n"));
  const columns = rows.map((row) => row.trim().split(/\s+/));
  const found = columns.filter(([, local, , state]) => local?.endsWith(suffix) && state === LISTEN);
  return new Set(found.map((row) => row[9] ?? ""));
}

function entries(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function link(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

function text(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

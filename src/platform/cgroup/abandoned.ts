// Groups that no state directory knows any more: their host was killed and its state deleted. Each project's group says by
// an empty group in it which process owns it; where that is gone, what is empty is removed. Nothing is killed.
import { existsSync, mkdirSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";

const OWNER = /^host\.(\d+)$/;

/** This process owns the project's group as long as it lives. */
export function markOwner(directory: string): void {
  mkdirSync(join(directory, `host.${process.pid}`), { recursive: true });
}

/** @param meshwise the group that holds the groups of projects */
export function removeAbandoned(meshwise: string): void {
  for (const project of groupsIn(meshwise)) {
    const owners = groupsIn(join(meshwise, project)).flatMap((name) => OWNER.exec(name)?.[1] ?? []);
    if (owners.length === 0 || owners.some((pid) => existsSync(`/proc/${pid}`))) continue;
    for (const name of groupsIn(join(meshwise, project))) tryRemove(join(meshwise, project, name));
    tryRemove(join(meshwise, project));
  }
}

function groupsIn(directory: string): string[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function tryRemove(directory: string): void {
  try {
    rmdirSync(directory);
  } catch {
    // it has processes, or is another user's
  }
}

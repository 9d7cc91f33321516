// Groups that no state directory knows any more: their host was killed and its state deleted. Each project's group says by
// an empty group in it which process owns it; where that is gone, what is empty is removed. Nothing is killed.
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { directoriesIn, tryRemove } from "./directories.ts";

const OWNER = /^host\.(\d+)$/;

/** This process owns the project's group as long as it lives. */
export function markOwner(directory: string): void {
  mkdirSync(join(directory, `host.${process.pid}`), { recursive: true });
}

/** @param meshwise the group that holds the groups of projects */
export function removeAbandoned(meshwise: string): void {
  for (const project of directoriesIn(meshwise)) {
    const owners = directoriesIn(join(meshwise, project)).flatMap((name) => OWNER.exec(name)?.[1] ?? []);
    if (owners.length === 0 || owners.some((pid) => existsSync(`/proc/${pid}`))) continue;
    for (const name of directoriesIn(join(meshwise, project))) tryRemove(join(meshwise, project, name));
    tryRemove(join(meshwise, project));
  }
}

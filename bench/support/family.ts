// A process and all that descend from it. One that ends while it is looked at has no children.
import { readdirSync, readFileSync } from "node:fs";

/** @param pid the first of the result */
export function family(pid: number): number[] {
  const members = [pid];
  for (const member of members) members.push(...childrenOf(member));
  return members;
}

function childrenOf(pid: number): number[] {
  return unlessGone(() => readdirSync(`/proc/${pid}/task`), []).flatMap((tid) => {
    const children = unlessGone(() => readFileSync(`/proc/${pid}/task/${tid}/children`, "utf8"), "").trim();
    return children === "" ? [] : children.split(" ").map(Number);
  });
}

/** `otherwise` when the process or thread ended: a supervisor runs short tools now and then. */
export function unlessGone<T>(read: () => T, otherwise: T): T {
  try {
    return read();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ESRCH") return otherwise;
    throw error;
  }
}

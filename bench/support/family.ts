// A process and all that descend from it.
import { readdirSync, readFileSync } from "node:fs";

/** @param pid the first of the result */
export function family(pid: number): number[] {
  const members = [pid];
  for (const member of members) {
    for (const tid of readdirSync(`/proc/${member}/task`)) {
      const children = readFileSync(`/proc/${member}/task/${tid}/children`, "utf8").trim();
      if (children !== "") members.push(...children.split(" ").map(Number));
    }
  }
  return members;
}

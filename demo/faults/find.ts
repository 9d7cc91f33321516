// Finds the injector of a demo that runs on this machine: it leaves its address in the demo's folder.
import { readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stateHome } from "./shop.ts";

export type Problem = { readonly problem: string };

/** @param project when more than one demo runs */
export function findDemo(project: string | undefined): string | Problem {
  const found = readdirSync(tmpdir())
    .filter((name) => isOfLiving(name))
    .flatMap((name) => addressIn(join(tmpdir(), name)))
    .filter((demo) => demo.state === stateHome() && (project === undefined || demo.project === project));
  const [first, second] = found;
  if (second)
    return { problem: `more than one demo runs: ${found.map((one) => one.project).join(", ")}. Say which: -p` };
  if (first) return first.address;
  return { problem: `no demo${project ? ` named ${project}` : ""} of yours runs here. Start it: npm run demo` };
}

/** the folder's name has the pid of its demo, see scripts/demo/shop.mjs */
function isOfLiving(name: string): boolean {
  const pid = /^meshwise-shop-(\d+)-/.exec(name)?.[1];
  if (!pid) return false;
  try {
    return process.kill(Number(pid), 0);
  } catch {
    return false;
  }
}

function addressIn(folder: string): { project: string; state: string; address: string }[] {
  try {
    return [JSON.parse(readFileSync(join(folder, "faults", "address"), "utf8"))];
  } catch {
    return []; // not yet, or another user's
  }
}

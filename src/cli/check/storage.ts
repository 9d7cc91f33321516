// The runtime, and the place where logs and figures are kept.
import { existsSync, mkdtempSync, rmdirSync, statfsSync } from "node:fs";
import { dirname, join } from "node:path";
import { stateHome } from "../../model/state-directory.ts";
import type { Context } from "../context.ts";
import { bytes } from "../output/format.ts";
import { type Check, failure, type Group, ok, type Verdict, warning } from "./types.ts";

const MIB = 1024 * 1024;
const ENOUGH_BYTES = 1024 * MIB;
const LEAST_BYTES = 64 * MIB;

export function storageChecks(context: Context): Group {
  const home = stateHome(context.environment);
  const checks: Check[] = [
    { name: "Bun, the runtime", look: () => ok(`${Bun.version}, ${process.execPath}`) },
    { name: "the state directory is writable", look: () => writable(home) },
    { name: "there is disk space for logs and figures", look: () => space(home) },
  ];
  return { name: "storage", checks };
}

// By trying: a read-only mount or a full quota shows in no permission bit. What does not exist yet is not made.
function writable(home: string): Verdict {
  const folder = nearest(home);
  try {
    rmdirSync(mkdtempSync(join(folder, ".meshwise-check-")));
    return ok(home);
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? "it failed";
    return failure(`${folder}: ${code}`, "Make it writable, or name another one with MESHWISE_STATE_DIR.");
  }
}

function space(home: string): Verdict {
  const { bavail, bsize } = statfsSync(nearest(home));
  const free = bavail * bsize;
  if (free >= ENOUGH_BYTES) return ok(`${bytes(free)} free`);
  const text = `only ${bytes(free)} free at ${nearest(home)}`;
  const fix = "Free some space, or name a place on another disk with MESHWISE_STATE_DIR.";
  return free < LEAST_BYTES ? failure(text, fix) : warning(text, fix);
}

function nearest(folder: string): string {
  return existsSync(folder) ? folder : nearest(dirname(folder));
}

// Real-time priority for what is measured, where we may: a sleeper that other work of the machine keeps waiting would be a
// latency of milliseconds. It is the same for all contenders.
import { runPinned } from "./children.ts";

const MAY = process.getuid?.() === 0;
const CHRT = ["chrt", "--rr"];

/** in front of a command */
export const FIRST: readonly string[] = MAY ? [...CHRT, "1"] : [];

/** For processes that run already, all of their threads, and those that these will make. */
export async function preferAll(pids: readonly number[], core: number): Promise<void> {
  if (!MAY) return;
  for (const pid of pids) await runPinned(core, [...CHRT, "--all-tasks", "--pid", "1", String(pid)]);
}

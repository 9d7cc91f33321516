// What happens to a workload's processes, and beside them on their own host.
import type { Hands } from "../hands.ts";
import { processesOf, type Workload } from "../shop.ts";
import { enter } from "./network.ts";

/** All of its processes stand still for a while, again and again, as on a machine whose owner has sold it twice. */
export async function stutter(hands: Hands, workload: Workload, stillMs: number, goMs: number): Promise<void> {
  const [, ...pids] = processesOf(workload); // the first one is the mesh's own
  const all = pids.join(" ");
  const seconds = (ms: number) => (ms / 1000).toFixed(3);
  const program = `while kill -STOP ${all}; do sleep ${seconds(stillMs)}; kill -CONT ${all}; sleep ${seconds(goMs)}; done`;
  const goOn = { run: ["sh", "-c", `kill -CONT ${all} 2>/dev/null || :`], isMeshs: true };
  await hands.act(goOn, () => hands.beside(["sh", "-c", program]));
}

/** A program on the workload's own loopback, as an administrator would run it there. */
export function besideWorkload(hands: Hands, workload: Workload, command: readonly string[]): void {
  hands.beside([...enter(workload), ...command]);
}

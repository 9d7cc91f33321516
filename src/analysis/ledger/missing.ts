// Signals that a host does not give, and what would make it give them.
import type { ResourceSample } from "../../model/resources.ts";

const CGROUP =
  "a cgroup of its own: run as root, or in a delegated group (`systemd-run --user --scope -p Delegate=yes meshwise up`)";

type Signal = { readonly name: keyof ResourceSample; readonly signal: string; readonly enable: string };

const SIGNALS: readonly Signal[] = [
  { name: "runDelayUs", signal: "waiting for a CPU", enable: "a kernel with CONFIG_SCHED_INFO" },
  { name: "throttledUs", signal: "throttling", enable: CGROUP },
  {
    name: "ioDelayUs",
    signal: "storage delay of each task (pressure stall stands in for it, where that is told)",
    enable: "`sysctl kernel.task_delayacct=1` before the services start, or the boot parameter `delayacct`",
  },
  { name: "ioSomeUs", signal: "pressure stall of storage", enable: `the boot parameter \`psi=1\` and ${CGROUP}` },
  { name: "refaultBytes", signal: "storage that is read once more for want of memory", enable: CGROUP },
  { name: "memorySomeUs", signal: "pressure stall of memory", enable: `the boot parameter \`psi=1\` and ${CGROUP}` },
];

/** No part of a ledger is made of these. */
const BESIDE: readonly Signal[] = [
  {
    name: "listenQueue",
    signal: "connections that wait until a workload accepts them",
    enable: "a kernel with CONFIG_INET_DIAG, and a socket that listens",
  },
];

export type Missing = { readonly signal: string; readonly enable: string };

/** Those that a workload lacks, all of them when nothing is known of any: of the ledger's parts, and others.
 *  @param used what is known of each workload, counters and levels */
export function missingSignals(used: readonly ResourceSample[]): { parts: Missing[]; beside: Missing[] } {
  const lacking = (signals: readonly Signal[]) =>
    signals
      .filter(({ name }) => used.length === 0 || used.some((one) => one[name] === undefined))
      .map(({ signal, enable }) => ({ signal, enable }));
  return { parts: lacking(SIGNALS), beside: lacking(BESIDE) };
}

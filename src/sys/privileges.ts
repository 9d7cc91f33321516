// Gives up what a process may do, for good. The runtime has several threads and a capability belongs to a thread: glibc's
// setresuid changes all of them, and a look at each afterwards proves it.
import { readdirSync, readFileSync } from "node:fs";
import { checked, libc } from "./libc.ts";

const PR_SET_DUMPABLE = 4;

/** Becomes `id` as user and group in every thread, without supplementary groups; the kernel then drops all capabilities. */
export function becomeUser(id: number): void {
  checked("setgroups", libc.setgroups(0, null));
  checked("setresgid", libc.setresgid(id, id, id));
  checked("setresuid", libc.setresuid(id, id, id));
}

/** Nobody without capabilities over us may attach a debugger or read our memory from now on. */
export function hideMemory(): void {
  checked("prctl", libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0));
}

export type Privileges = {
  /** capabilities that some thread holds, could raise, or could pass on to a program it executes */
  readonly capabilities: bigint;
  /** no program that is executed can bring any back */
  readonly noNewPrivileges: boolean;
};

/** What all threads of a process together may do. */
export function privileges(pid: number | "self" = "self"): Privileges {
  let capabilities = 0n;
  let noNewPrivileges = true;
  for (const thread of readdirSync(`/proc/${pid}/task`)) {
    const status = readFileSync(`/proc/${pid}/task/${thread}/status`, "utf8");
    for (const [, set] of status.matchAll(/^Cap(?:Inh|Prm|Eff|Amb):\s*([0-9a-f]+)$/gm))
      capabilities |= BigInt(`0x${set}`);
    noNewPrivileges &&= /^NoNewPrivs:\s*1$/m.test(status);
  }
  return { capabilities, noNewPrivileges };
}

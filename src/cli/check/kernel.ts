// The kernel: new enough, and lets this user have namespaces.
import { release } from "node:os";
import type { Machine } from "./machine.ts";
import { type Check, failure, type Group, OK, ok, type Verdict } from "./types.ts";

// tcp_migrate_req came with 5.14: without it a restarted worker loses the connections in its queue.
const OLDEST = { major: 5, minor: 14 };

export function kernelChecks(machine: Machine): Group {
  const checks: Check[] = [
    { name: "Linux is new enough", look: () => version(release()) },
    { name: "user namespaces may be made", look: () => userNamespaces(machine) },
    { name: "connections move to another worker when one ends (tcp_migrate_req)", look: () => migrate(machine) },
  ];
  return { name: "kernel", checks };
}

/** @param text as `uname -r` prints it */
export function version(text: string): Verdict {
  const [major = 0, minor = 0] = text.split(/[.-]/).map(Number);
  const isNew = major > OLDEST.major || (major === OLDEST.major && minor >= OLDEST.minor);
  if (isNew) return ok(text);
  return failure(`this is ${text}`, `Meshwise needs ${OLDEST.major}.${OLDEST.minor} or newer: upgrade the kernel.`);
}

// Three switches forbid it on different distributions; only trying shows what holds for this user.
async function userNamespaces(machine: Machine): Promise<Verdict> {
  const trial = await machine.attempt(["unshare", "--user", "--map-root-user", "true"]);
  if (trial.isOk) return OK;
  if (!machine.find("unshare")) return failure(trial.complaint, "Install it: apt-get install util-linux");
  if (machine.read("/proc/sys/kernel/unprivileged_userns_clone") === "0" && !machine.isRoot) {
    return failure("the kernel forbids them to ordinary users", persistent("kernel.unprivileged_userns_clone=1"));
  }
  if (machine.read("/proc/sys/user/max_user_namespaces") === "0") {
    return failure("user.max_user_namespaces is 0", persistent("user.max_user_namespaces=65536"));
  }
  if (machine.read("/proc/sys/kernel/apparmor_restrict_unprivileged_userns") === "1") {
    return failure(
      "AppArmor restricts them to ordinary users (as on Ubuntu 23.10 and later)",
      persistent("kernel.apparmor_restrict_unprivileged_userns=0"),
    );
  }
  return failure(
    trial.complaint,
    "A container or sandbox around this shell forbids it: run outside of it, or let it (for Docker: --security-opt seccomp=unconfined).",
  );
}

function persistent(setting: string): string {
  return `As root: sysctl -w ${setting}; to keep it: echo ${setting} > /etc/sysctl.d/60-meshwise.conf`;
}

function migrate(machine: Machine): Verdict {
  if (machine.read("/proc/sys/net/ipv4/tcp_migrate_req") !== undefined) return OK;
  return failure("this kernel does not have it", "Upgrade the kernel to 5.14 or newer.");
}

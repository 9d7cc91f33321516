// What faults need of the host, and the sentence that says why it is not there.
import { existsSync, globSync } from "node:fs";
import { canDivide } from "./groups.ts";

const isRoot = process.getuid?.() === 0;

const NEEDS = {
  cpuLimit: () => canDivide("cpu") || controllerText("cpu"),
  memoryLimit: () => canDivide("memory") || controllerText("memory"),
  diskLimit: () =>
    !isRoot
      ? "limits on a disk are root's to set"
      : canDivide("io") || canDivide("blkio") || "this kernel has neither the controller io nor blkio",
  network: () => hasProgram("nsenter") || "nsenter is missing (Debian: util-linux)",
  nft: () => hasProgram("nft") || "nft is missing (Debian: nftables)",
  tc: () => hasProgram("tc") || "tc is missing (Debian: iproute2)",
  mount: () => isRoot || "a disk of its own for a running workload is root's to mount",
  postgres: () =>
    (process.env.SHOP_STORAGE !== "sqlite" && globSync("/usr/lib/postgresql/*/bin/postgres").length > 0) ||
    "the shop is on SQLite (Debian: postgresql)",
  redis: () =>
    (process.env.SHOP_STORAGE !== "sqlite" && hasProgram("redis-server")) ||
    "the shop has no real Redis (Debian: redis-server)",
  faketime: () =>
    globSync("/usr/lib/*/faketime/libfaketime.so.1").length > 0 ||
    "the kernel has one clock for all; a wrong one for a process needs libfaketime (Debian: libfaketime)",
} as const satisfies Readonly<Record<string, () => true | string>>;

export type Need = keyof typeof NEEDS;

/** Why it cannot be had here, or undefined. */
export function lack(need: Need): string | undefined {
  const answer: true | string = NEEDS[need]();
  return answer === true ? undefined : answer;
}

function controllerText(controller: "cpu" | "memory"): string {
  if (isRoot) return `this kernel has no control groups with ${controller}`;
  return `limits of ${controller} need a control group of our own: start the demo with \`systemd-run --user --scope -p Delegate=yes npm run demo\``;
}

function hasProgram(name: string): boolean {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/sbin"];
  return folders.some((folder) => folder && existsSync(`${folder}/${name}`));
}

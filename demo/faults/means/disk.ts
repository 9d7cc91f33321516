// A small disk of its own for a folder of a running workload, which then runs full.
import type { Hands } from "../hands.ts";
import { output, type Workload } from "../shop.ts";

/** Only the workload sees it, until the end of the fault. */
export async function mountSmallDisk(
  hands: Hands,
  workload: Workload,
  folder: string,
  megabytes: number,
): Promise<void> {
  const inside = enterMounts(workload);
  await hands.act({ run: [...inside, "umount", "--lazy", folder], isMeshs: true }, () =>
    output([...inside, "mount", "-t", "tmpfs", "-o", `size=${megabytes}m,mode=0777`, "tmpfs", folder]),
  );
}

export async function fill(hands: Hands, workload: Workload, folder: string): Promise<void> {
  const inside = enterMounts(workload);
  const file = `${folder}/core.1`;
  // dd's failure is what is wanted
  const program = 'dd if=/dev/zero of="$0" bs=4k 2>/dev/null || :';
  await hands.act({ run: [...inside, "rm", "-f", file], isMeshs: true }, () =>
    output([...inside, "sh", "-c", program, file]),
  );
}

function enterMounts({ pid }: Workload): readonly string[] {
  // the PID namespace as well: umount reads /proc/self, which is only there for those whom that /proc knows
  return ["nsenter", `--mount=/proc/${pid}/ns/mnt`, `--pid=/proc/${pid}/ns/pid`];
}

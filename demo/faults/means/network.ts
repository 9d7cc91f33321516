// What happens to the packets of a workload, inside its own network namespace: there all of its traffic goes over `lo`.
import type { Hands } from "../hands.ts";
import { output, type Workload } from "../shop.ts";

const TABLE = "inet line";

/** Each packet is lost with this probability, in both directions. */
export function losePackets(hands: Hands, workload: Workload, share: number): Promise<void> {
  return filter(hands, workload, `meta l4proto tcp numgen random mod 1000 < ${Math.round(share * 1000)} drop`);
}

/** A middlebox that resets connections now and then. */
export function resetConnections(hands: Hands, workload: Workload, share: number): Promise<void> {
  const drawn = `numgen random mod 10000 < ${Math.round(share * 10_000)}`;
  return filter(hands, workload, `meta l4proto tcp tcp flags & (syn | rst) == 0 ${drawn} reject with tcp reset`);
}

/** Questions for names are lost with this probability; resolvers ask again after seconds. */
export function loseQuestions(hands: Hands, workload: Workload, share: number): Promise<void> {
  return filter(hands, workload, `udp dport 53 numgen random mod 1000 < ${Math.round(share * 1000)} drop`);
}

/** A narrow line with a short queue. */
export async function narrow(hands: Hands, workload: Workload, bitsPerSecond: number): Promise<void> {
  const inside = enter(workload);
  const rate = `${Math.round(bitsPerSecond / 1000)}kbit`;
  const undo = { run: [...inside, "tc", "qdisc", "del", "dev", "lo", "root"], isMeshs: true };
  await hands.act(undo, () =>
    output([
      ...inside,
      "tc",
      "qdisc",
      "add",
      "dev",
      "lo",
      "root",
      "tbf",
      "rate",
      rate,
      "burst",
      "16kb",
      "latency",
      "400ms",
    ]),
  );
}

async function filter(hands: Hands, workload: Workload, rule: string): Promise<void> {
  const inside = [...enter(workload), "nft"];
  const rules = `table ${TABLE} {\n chain in {\n type filter hook input priority 0; policy accept;\n ${rule}\n }\n}\n`;
  await hands.act({ run: [...inside, "delete", "table", ...TABLE.split(" ")], isMeshs: true }, () =>
    output([...inside, "-f", "-"], rules),
  );
}

/**
 * The namespace belongs to the mesh's user namespace, which is our own user's when the mesh runs without root; the
 * workload has an inner one, in which nobody may change its network.
 */
export function enter({ pid, meshPid }: Workload): readonly string[] {
  const net = `--net=/proc/${pid}/ns/net`;
  if (process.getuid?.() === 0) return ["nsenter", net];
  return ["nsenter", `--user=/proc/${meshPid}/ns/user`, "--preserve-credentials", net];
}

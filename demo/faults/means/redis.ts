// Words with the shop's Redis on its own loopback, which nobody sees on the network.
import type { Hands } from "../hands.ts";
import { output, type Workload } from "../shop.ts";
import { enter } from "./network.ts";

/** Sets a key; the end of the fault removes it. */
export async function setKey(hands: Hands, redis: Workload, key: string, value: string): Promise<void> {
  await hands.act({ run: words(redis, "DEL", key), isMeshs: true }, () => output(words(redis, "SET", key, value)));
}

/** Its log of writes goes on in new files, in whatever lies in its place by now. */
export async function renewLog(redis: Workload): Promise<void> {
  await output(words(redis, "BGREWRITEAOF"));
}

/** … and again when all that is done after this has been taken back. */
export async function renewLogAtEnd(hands: Hands, redis: Workload): Promise<void> {
  await hands.act({ run: words(redis, "BGREWRITEAOF"), isMeshs: true }, () => {});
}

/** A command that says this; bash alone, because redis-cli need not be there. */
function words(redis: Workload, ...said: readonly string[]): readonly string[] {
  const text = `*${said.length}\\r\\n${said.map((word) => `$${word.length}\\r\\n${word}\\r\\n`).join("")}`;
  const program = `exec 3<>/dev/tcp/127.0.0.1/6379 && printf '${text}' >&3 && read -r -t 2 answer <&3 && [[ $answer != -* ]]`;
  return [...enter(redis), "bash", "-c", program];
}

// Asks one service at a steady rate from a process, and perhaps a network namespace, of its own. Prints the mean time in ms.
//   caller.ts <url> <at once> <seconds>
import { argv } from "node:process";

const [url = "", atOnce = "1", seconds = "1"] = argv.slice(2);

/** between two requests of a caller, so that the machine's own cores are no limit */
const PAUSE_MS = 150;

const until = performance.now() + Number(seconds) * 1000;
let [count, sumMs] = [0, 0];

async function caller(): Promise<void> {
  while (performance.now() < until) {
    const began = performance.now();
    // a connection of its own each time: the kernel's buffers of an old one hide a slow way
    const answer = await fetch(url, { headers: { connection: "close" } });
    const body = await answer.arrayBuffer();
    if (!answer.ok) throw new Error(`${url} answered ${answer.status} ${Buffer.from(body).toString()}`);
    sumMs += performance.now() - began;
    count++;
    await Bun.sleep(PAUSE_MS);
  }
}

await Promise.all(Array.from({ length: Number(atOnce) }, caller));
console.log(sumMs / count);

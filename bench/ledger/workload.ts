// A service whose requests take time in one known way, said by their path: /<way>/<amount>.
import { closeSync, fsyncSync, openSync, readSync, writeFileSync, writeSync } from "node:fs";

const { PORT = "8080", FOLDER = "/tmp" } = process.env;
const KIB = 1024;
const PAGE = Buffer.alloc(4096, 1);
const FILE_PAGES = 40_000;

const file = { write: `${FOLDER}/${crypto.randomUUID()}`, read: `${FOLDER}/${crypto.randomUUID()}` };
let queue: Promise<unknown> = Promise.resolve();
let pages: number | undefined;

const WAYS: Readonly<Record<string, (amount: number) => unknown>> = {
  /** ms of CPU time */
  busy(ms) {
    const ran = () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1000;
    };
    for (const until = ran() + ms; ran() < until; );
  },
  sleep: (ms) => Bun.sleep(ms),
  /** one after the other */
  lock(ms) {
    queue = queue.then(() => Bun.sleep(ms));
    return queue;
  },
  call: async (ms) => (await fetch(`http://behind:8080/sleep/${ms}`)).text(),
  /** KiB that are on storage when it answers */
  sync(kib) {
    const descriptor = openSync(file.write, "w");
    writeSync(descriptor, Buffer.alloc(kib * KIB, 1));
    fsyncSync(descriptor);
    closeSync(descriptor);
  },
  /** pages, anywhere in a file that is larger than the memory that it may have */
  read(count) {
    pages ??= openFile();
    for (let i = 0; i < count; i++)
      readSync(pages, PAGE, 0, PAGE.length, Math.floor(Math.random() * FILE_PAGES) * PAGE.length);
  },
  /** KiB of answer */
  data: (kib) => Buffer.alloc(kib * KIB, 1),
};

function openFile(): number {
  writeFileSync(file.read, "");
  const descriptor = openSync(file.read, "r+");
  for (let at = 0; at < FILE_PAGES; at++) writeSync(descriptor, PAGE);
  fsyncSync(descriptor);
  return descriptor;
}

Bun.serve({
  port: Number(PORT),
  hostname: "0.0.0.0",
  async fetch(request) {
    const [, way = "", amount = "0"] = new URL(request.url).pathname.split("/");
    const spend = WAYS[way];
    if (!spend) return new Response("no such way", { status: 404 });
    const answer = await spend(Number(amount));
    return new Response(answer instanceof Uint8Array ? (answer as Uint8Array<ArrayBuffer>) : "done");
  },
});

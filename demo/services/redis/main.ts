// Takes the place of Redis where there is none: a small server that speaks its protocol and keeps its data in SQLite.
import { mkdirSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { openCommands } from "./commands.ts";
import { commandReader, encode, type Reply, type Version } from "./resp.ts";

const folder = process.env.REDIS_DIR ?? "/tmp/meshwise-shop/redis";
mkdirSync(folder, { recursive: true });
const commands = openCommands(join(folder, "redis.db"));
setInterval(commands.sweep, 60_000);

/** who waits for an item of a list, the first one first */
type Waiter = { readonly from: string; readonly to: string; readonly give: (reply: Reply) => void };
const waiting = new Set<Waiter>();

function serve(socket: Socket): void {
  let isBlocked = false;
  let version: Version = 2;
  const later: string[][] = [];

  /** answers come in the order of the commands: what follows a blocking one waits with it */
  function take(words: string[]): void {
    const name = words[0]?.toUpperCase();
    if (isBlocked) later.push(words);
    else if (name === "BRPOPLPUSH") block(words);
    else if (name === "HELLO") greet(words);
    else answer(run(words));
  }

  function answer(reply: Reply): void {
    if (socket.writable) socket.write(encode(reply, version));
  }

  function greet([, wanted = "2"]: string[]): void {
    version = wanted === "3" ? 3 : 2;
    const facts = { server: "redis", version: "7.0.0", proto: version, mode: "standalone", role: "master" };
    answer({ pairs: Object.entries(facts) });
  }

  function block([, from = "", to = "", seconds = "0"]: string[]): void {
    const reply = run(["RPOPLPUSH", from, to]);
    if (reply === null) wait(from, to, Number(seconds));
    else answer(reply);
  }

  function wait(from: string, to: string, seconds: number): void {
    isBlocked = true;
    const give = (given: Reply) => {
      forget();
      isBlocked = false;
      answer(given);
      for (const words of later.splice(0)) take(words);
    };
    const waiter: Waiter = { from, to, give };
    const timer = seconds > 0 ? setTimeout(() => give(null), seconds * 1000) : undefined;
    const forget = () => {
      waiting.delete(waiter);
      clearTimeout(timer);
      socket.off("close", forget);
    };
    waiting.add(waiter);
    socket.on("close", forget);
  }

  const read = commandReader(take);
  socket.setNoDelay(true);
  socket.on("error", () => socket.destroy());
  socket.on("data", (chunk: Buffer) => {
    try {
      read(chunk);
    } catch (error) {
      socket.end(encode({ error: error instanceof Error ? error.message : String(error) }, version));
    }
  });
}

function run(words: readonly string[]): Reply {
  try {
    const reply = commands.run(words);
    if (words[0]?.toUpperCase() === "LPUSH") serveWaiting(words[1]);
    return reply;
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

function serveWaiting(key: string | undefined): void {
  for (const waiter of waiting) {
    if (waiter.from !== key) continue;
    const reply = commands.run(["RPOPLPUSH", waiter.from, waiter.to]);
    if (reply === null) return;
    waiter.give(reply);
  }
}

const server = createServer(serve);
server.listen(Number(process.env.PORT ?? 6379), () => {
  const address = server.address();
  console.log(`redis listens on ${typeof address === "object" ? address?.port : address}`);
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  process.once(signal, () => {
    commands.close();
    console.log("redis has stopped");
    process.exit(0);
  });
}

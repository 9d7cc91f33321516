// The store: keys and values over plain TCP, kept in an append-only file. A change is answered when it is on the disk.
import { mkdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { openLog } from "./log.mjs";
import { commandParser } from "./protocol.mjs";

const directory = process.env.DATA_DIR ?? "/tmp/shop";
await mkdir(directory, { recursive: true });
const log = await openLog(join(directory, "store.log"));

async function run({ verb, key, value }) {
  switch (verb) {
    case "GET": {
      const found = log.values.get(key);
      return found ? Buffer.concat([Buffer.from(`VALUE ${found.length}\n`), found, Buffer.from("\n")]) : "NONE\n";
    }
    case "PUT":
      log.values.set(key, value);
      await log.append(key, value);
      return "OK\n";
    case "DEL":
      if (log.values.delete(key)) await log.append(key, null);
      return "OK\n";
    default:
      return "PONG\n";
  }
}

const open = new Map(); // connection → how many of its commands are being worked on

// half-open: a client may say all it wants, end its side and then read the answers
const server = createServer({ allowHalfOpen: true }, (connection) => {
  connection.setNoDelay(true);
  open.set(connection, 0);
  let answered = Promise.resolve(); // answers leave in the order of the commands

  const parse = commandParser((command) => {
    open.set(connection, open.get(connection) + 1);
    const answer = run(command).catch((error) => `ERROR ${error.message}\n`);
    answered = answered.then(async () => {
      if (!connection.write(await answer)) connection.pause(); // a peer that does not read sends no more commands
      open.set(connection, open.get(connection) - 1);
      if (isStopping) closeWhenIdle(connection);
    });
  });
  connection.on("data", (chunk) => {
    try {
      parse(chunk);
    } catch (error) {
      connection.removeAllListeners("data"); // what follows cannot be understood
      connection.resume();
      answered = answered.then(() => connection.end(`ERROR ${error.message}\n`));
    }
  });
  connection.on("end", () => {
    answered = answered.then(() => connection.end());
  });
  connection.on("drain", () => connection.resume());
  connection.on("error", () => {}); // a peer that went away; `close` follows
  connection.on("close", () => open.delete(connection));
});

let isStopping = false;
function closeWhenIdle(connection) {
  if (open.get(connection) === 0) connection.end();
}

function stop() {
  isStopping = true;
  server.close(async () => {
    await log.close();
    console.log("store has stopped");
    process.exit(0);
  });
  for (const connection of open.keys()) closeWhenIdle(connection);
}
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

server.listen(Number(process.env.PORT ?? 7000), () => {
  console.log(`store listens on ${server.address().port} with ${log.values.size} keys`);
});

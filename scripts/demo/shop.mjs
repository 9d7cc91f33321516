// Starts the shop under the mesh with its shoppers, and ends all of it. Every child is tied to our life by the kernel
// (PR_SET_PDEATHSIG), so that also a kill -9 of this process ends them.
import { execFile, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BUN, fullPath } from "../setup.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MESHWISE = join(ROOT, "bin", "meshwise");
export const COMPOSE_FILE = join(ROOT, "demo", "compose.yaml");
const START_MS = 60_000;
const STOP_MS = 25_000;

/**
 * Resolves when every service is up and shoppers are on their way; rejects with a sentence when it does not.
 * `say` gets lines for the user; `signal` gives up.
 */
export async function startShop({ project, environment = {}, shoppers = {}, say, signal }) {
  const surroundings = { ...process.env, ...environment, PATH: fullPath() };
  if (await isRunning(project, surroundings)) {
    throw new Error(`a project named ${project} runs already; bin/meshwise -p ${project} down stops it`);
  }
  const data = dataFolder();
  const port = Number(process.env.SHOP_PORT) || (await freePort(8080, say));
  const url = `http://127.0.0.1:${port}/`;
  const env = { ...surroundings, SHOP_PORT: String(port), SHOP_DATA: data };
  const children = [];

  /** a session of its own: the terminal's Ctrl-C reaches us alone, and we end the children in order */
  function child(command, args) {
    const tied = ["--pdeathsig", "TERM", command, ...args];
    const process_ = spawn("setpriv", tied, { cwd: ROOT, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    const exited = new Promise((resolve) => {
      process_.on("error", (error) => resolve(error.message));
      process_.on("close", (code, by) => resolve(by ?? code));
    });
    const one = { process: process_, exited };
    children.push(one);
    return one;
  }

  function meshwise(...args) {
    return child(MESHWISE, ["-p", project, ...args]);
  }

  const up = child(MESHWISE, ["-p", project, "-f", COMPOSE_FILE, "up"]);
  up.process.stdout.resume(); // the services' logs: `meshwise logs` has them too
  lines(up.process.stderr, say);
  const shop = { url, data, project, child, meshwise, ask, up, stop };

  /** the parsed JSON of a command of ours */
  function ask(...args) {
    return new Promise((resolve, reject) => {
      execFile(
        MESHWISE,
        ["-p", project, ...args, "-o", "json"],
        { cwd: ROOT, env, maxBuffer: 1 << 26 },
        (error, out, err) => (error ? reject(new Error(err.trim() || error.message)) : resolve(JSON.parse(out))),
      );
    });
  }

  /** Ends shoppers, watchers and mesh; `atOnce` when the user cannot wait. */
  async function stop({ atOnce = false } = {}) {
    for (const one of children) if (one !== up) end(one, "SIGTERM");
    await Promise.race([Promise.all(children.filter((one) => one !== up).map((one) => one.exited)), sleep(3_000)]);
    end(up, "SIGINT");
    if (atOnce) end(up, "SIGINT");
    await Promise.race([up.exited, sleep(STOP_MS, undefined, { ref: false })]);
    for (const one of children) end(one, "SIGKILL");
    rmSync(data, { recursive: true, force: true });
  }

  try {
    await isUp(up, signal);
    const { rate = 2, think = 800, seed = 1 } = shoppers;
    const flags = { url, rate, think, seed };
    const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    shop.shoppers = child(BUN, [join(ROOT, "demo", "shoppers", "main.ts"), ...args]);
    return shop;
  } catch (error) {
    await stop();
    throw error;
  }
}

function isRunning(project, env) {
  return new Promise((resolve) => {
    execFile(MESHWISE, ["-p", project, "ps"], { env }, (error) => resolve(!error));
  });
}

function end({ process: process_ }, signal) {
  if (process_.exitCode === null && process_.signalCode === null) process_.kill(signal);
}

/** Not by asking for pages: until everything is up each would count as a failure of the shop. */
async function isUp(up, signal) {
  let ended;
  let published = false;
  lines(up.process.stderr, (line) => {
    published ||= / is at http:/.test(line);
  });
  up.exited.then((how) => {
    ended = how;
  });
  for (const deadline = performance.now() + START_MS; !published; await sleep(50)) {
    if (signal?.aborted) throw new Error("it was stopped before it had started");
    if (ended !== undefined) throw new Error(`\`meshwise up\` ended (${ended}) before the shop stood`);
    if (performance.now() > deadline) throw new Error(`the shop does not stand after ${START_MS / 1000} s`);
  }
}

/** Where the store keeps its file. The name has our pid, so that a later run can remove what a kill -9 left. */
function dataFolder() {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^meshwise-shop-(\d+)-/.exec(name)?.[1];
    if (!pid || isAlive(Number(pid))) continue;
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
    } catch {} // another user's
  }
  return mkdtempSync(join(tmpdir(), `meshwise-shop-${process.pid}-`));
}

function isAlive(pid) {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

async function freePort(wanted, say) {
  const got = (await listenOnce(wanted)) ?? (await listenOnce(0));
  if (got !== wanted) say(`port ${wanted} is taken, the shop gets ${got}`);
  return got;
}

function listenOnce(port) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(undefined));
    server.listen(port, "127.0.0.1", () => {
      const got = server.address().port;
      server.close(() => resolve(got));
    });
  });
}

/** Calls `take` with each line of a stream. */
export function lines(stream, take) {
  let rest = "";
  stream.setEncoding("utf8").on("data", (text) => {
    const parts = (rest + text).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) take(line);
  });
  stream.on("end", () => rest && take(rest));
}

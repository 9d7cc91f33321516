// Starts the shop under the mesh with its shoppers, and ends all of it. Every child is tied to our life by the kernel
// (PR_SET_PDEATHSIG), so that also a kill -9 of this process ends them.
import { execFile, spawn } from "node:child_process";
import { chownSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BUN, fullPath } from "../setup.mjs";
import { beginHistory } from "./history.mjs";
import { ownerOf, prepareStorage } from "./storage.mjs";

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const MESHWISE = join(ROOT, "bin", "meshwise");
const SOURCE = join(ROOT, "demo");
const DEPLOYED = ["compose.yaml", "meshwise.yaml", "services"];
/** a busy machine may take its time, as long as something becomes ready now and then */
const STANDSTILL_MS = 60_000;
const STOP_MS = 25_000;

/**
 * Resolves when every service is up and shoppers are on their way; rejects with a sentence when it does not.
 * `shoppers` are the flags of demo/shoppers; `on` hears of what happens meanwhile: services (how many workloads of which
 * services there will be), ready (a workload), say (a line for the user); `signal` gives up.
 */
export async function startShop({ project, environment = {}, shoppers = {}, on, signal }) {
  const surroundings = { ...process.env, ...environment, PATH: fullPath() };
  const [isTaken, port, python] = await Promise.all([
    isRunning(project, surroundings),
    Number(process.env.SHOP_PORT) || freePort(8080, on.say),
    realPython(surroundings),
  ]);
  if (isTaken) throw new Error(`a project named ${project} runs already; bin/meshwise -p ${project} down stops it`);
  const history = beginHistory(project, surroundings);
  const data = dataFolder();
  const owner = ownerOf(SOURCE);
  const storage = prepareStorage(data, owner);
  if (storage.note) on.say(storage.note);
  const url = `http://127.0.0.1:${port}/`;
  const env = { ...surroundings, ...storage.environment, SHOP_PORT: String(port), SHOP_PYTHON: python };
  const files = deploy(data, owner);
  const replicas = await replicasOf(files, storage.environment.COMPOSE_PROFILES);
  on.services(replicas);
  const children = [];
  let isStopping = false;

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

  const up = child(MESHWISE, ["-p", project, "-f", join(files, "compose.yaml"), "up"]);
  const shop = { url, data, files, services: Object.keys(replicas), storage: storage.environment, ask, run, up, stop };

  /** Resolves to the address of its page; one that dies is followed by another, which puts back what it left. */
  async function startInjector() {
    const place = Object.entries({ project, files, data, url }).flatMap(([name, value]) => [`--${name}`, value]);
    const injector = child(BUN, [join(ROOT, "demo", "faults", "main.ts"), "serve", ...place]);
    injector.process.stderr.on("data", (text) => on.say(String(text).trimEnd()));
    const address = await new Promise((resolve) => {
      lines(injector.process.stdout, resolve);
      void injector.exited.then(() => resolve(undefined));
    });
    if (address) void injector.exited.then(() => isStopping || startInjector());
    return address;
  }

  /** the parsed JSON of a command of ours */
  async function ask(...args) {
    return JSON.parse(await run(...args, "-o", "json"));
  }

  /** what a command of ours prints */
  function run(...args) {
    return new Promise((resolve, reject) => {
      const options = { cwd: ROOT, env, maxBuffer: 1 << 26 };
      execFile(MESHWISE, ["-p", project, ...args], options, (error, out, err) =>
        error ? reject(new Error(err.trim() || error.message)) : resolve(out),
      );
    });
  }

  /** Ends shoppers and mesh; `atOnce` when the user cannot wait. */
  async function stop({ atOnce = false } = {}) {
    isStopping = true;
    for (const one of children) if (one !== up) end(one, "SIGTERM");
    await Promise.race([Promise.all(children.filter((one) => one !== up).map((one) => one.exited)), sleep(3_000)]);
    end(up, "SIGINT");
    if (atOnce) end(up, "SIGINT");
    await Promise.race([up.exited, sleep(STOP_MS, undefined, { ref: false })]);
    for (const one of children) end(one, "SIGKILL");
    rmSync(data, { recursive: true, force: true });
    history.forget();
  }

  try {
    await isUp(up, on, signal);
    const args = Object.entries({ url, ...shoppers }).flatMap(([name, value]) => [`--${name}`, String(value)]);
    shop.shoppers = child(BUN, [join(ROOT, "demo", "shoppers", "main.ts"), ...args]);
    shop.map = (await ask("ps")).apiUrl;
    shop.faults = await startInjector();
    return shop;
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Puts the shop's files where it runs from: what is deployed there later, by a person or as a fault, changes no checkout,
 * and is gone with the demo.
 */
function deploy(data, owner) {
  const files = join(data, "shop");
  for (const name of DEPLOYED) cpSync(join(SOURCE, name), join(files, name), { recursive: true });
  symlinkSync(join(ROOT, "node_modules"), join(data, "node_modules")); // compose.yaml names Bun by its place beside demo/
  if (process.getuid?.() === 0) {
    for (const name of ["", ...readdirSync(files, { recursive: true })])
      chownSync(join(files, name), owner.uid, owner.gid);
  }
  return files;
}

/** service → how many of it there will be; the services of a profile only when it is chosen */
async function replicasOf(files, profile) {
  const { parse } = await import("yaml"); // the set-up has installed it by now
  const { services } = parse(readFileSync(join(files, "compose.yaml"), "utf8"), { merge: true });
  const chosen = Object.entries(services).filter(([, { profiles }]) => !profiles || profiles.includes(profile));
  return Object.fromEntries(chosen.map(([name, { deploy }]) => [name, deploy?.replicas ?? 1]));
}

/** A version manager's python3 is a script that looks for the real one, at each start, for half a second. */
function realPython(env) {
  return new Promise((resolve) => {
    const program = "import sys; print(sys.executable)";
    execFile("python3", ["-c", program], { env }, (_error, out) => resolve(out?.trim() || "python3"));
  });
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
async function isUp(up, on, signal) {
  let ended;
  let published = false;
  let deadline = performance.now() + STANDSTILL_MS;
  const said = [];
  // the services' logs; `meshwise logs` has them too
  lines(up.process.stdout, (line) => {
    const id = /^(\S+) +\| \[mesh\] healthy/.exec(line)?.[1];
    if (id) on.ready(id);
    if (id) deadline = performance.now() + STANDSTILL_MS;
  });
  lines(up.process.stderr, (line) => {
    published ||= / is at http:/.test(line);
    if (line.startsWith("warning")) on.say(line);
    said.push(line);
  });
  up.exited.then((how) => {
    ended = how;
  });
  const last = () => said.slice(-3).join("\n");
  for (; !published; await sleep(20)) {
    if (signal?.aborted) throw new Error("it was stopped before it had started");
    if (ended !== undefined) throw new Error(`\`meshwise up\` ended (${ended}) before the shop stood:\n${last()}`);
    if (performance.now() > deadline)
      throw new Error(`nothing has become ready for ${STANDSTILL_MS / 1000} s:\n${last()}`);
  }
}

/** Where the shop keeps its files. The name has our pid, so that a later run can remove what a kill -9 left. */
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

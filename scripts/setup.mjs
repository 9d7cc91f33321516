// Makes a fresh Debian machine with Node and npm ready: `node scripts/setup.mjs`. The demo, the tests and the benches call it
// first. It says what it does, does nothing twice, and needs nothing that it installs. Without root it says what to install.
import { spawnSync } from "node:child_process";
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const BUN = join(ROOT, "node_modules", ".bin", "bun");

/** command → the Debian package that has it */
const NEEDED = {
  nft: "nftables",
  ip: "iproute2",
  unshare: "util-linux",
  nsenter: "util-linux",
  setpriv: "util-linux",
  mount: "mount",
  python3: "python3", // five services of the shop
};
const NEEDED_BY_TESTS = { curl: "curl" };

/** without it the tests of the page are left out */
const BROWSER = { chromium: "chromium" };

/** what scrapes /metrics in a test */
const PROMETHEUS = { prometheus: "prometheus" };

const POSTGRES_VERSIONS = "/usr/lib/postgresql";

/** what the shop stores its data in; it does without */
const STORAGE = { postgres: "postgresql", "redis-server": "redis-server" };

/** A user's PATH on Debian lacks the sbin folders, where nft and ip are: each …/bin is followed by the …/sbin beside it. */
export function fullPath(path = process.env.PATH ?? "") {
  const folders = path.split(delimiter).filter(Boolean);
  const beside = folders.filter((folder) => /\/bin\/?$/.test(folder)).map((folder) => join(dirname(folder), "sbin"));
  return [...new Set([...folders, ...beside])].join(delimiter);
}

/**
 * Throws an Error whose message is a sentence for the user when the machine cannot be made ready.
 * @param storage also the servers that the shop prefers; without root, or when they cannot be had, it goes on without
 */
export function setup({ tests = false, storage = tests } = {}) {
  installPackages();
  installPrograms(tests ? { ...NEEDED, ...NEEDED_BY_TESTS } : NEEDED);
  if (storage && process.env.SHOP_STORAGE !== "sqlite") installIfPossible(STORAGE, "The shop will use SQLite.");
  if (tests) installIfPossible(BROWSER, "The page will not be tested.");
  if (tests) installIfPossible(PROMETHEUS, "Its scraping of /metrics will not be tested.");
  buildPage();
}

/** Bun compares the build with its sources and does nothing when it is theirs. */
function buildPage() {
  const check = spawnSync(BUN, ["web/build.ts", "--is-built"], { cwd: ROOT });
  if (check.status === 0) return;
  say("building the page (npm run web)");
  run(BUN, ["web/build.ts"], "The page could not be built. The output is above.");
}

function installPackages() {
  const lock = readLock(join(ROOT, "package-lock.json"));
  if (!lock) throw new Error("package-lock.json is missing or broken: this is no whole checkout.");
  if (!isInstalled(lock, readLock(join(ROOT, "node_modules", ".package-lock.json")))) {
    say("installing npm packages (npm ci)");
    run("npm", ["ci", "--no-audit", "--no-fund", "--loglevel=error"], "npm ci failed. Its output is above.");
  }
  // npm may have been told not to run install scripts; Bun's is the one we need, it puts the binary in its place
  const wanted = lock["node_modules/bun"]?.version;
  if (wanted && spawnSync(BUN, ["--version"], { encoding: "utf8" }).stdout?.trim() !== wanted) {
    say(`putting Bun ${wanted} in its place`);
    run(process.execPath, [join(ROOT, "node_modules", "bun", "install.js")], "Bun's install script failed.");
  }
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, "utf8")).packages;
  } catch {
    return undefined;
  }
}

/** Compares contents, not times: a clone, a copy or a checkout of another branch changes times at will. */
function isInstalled(lock, installed) {
  if (!installed) return false;
  for (const [path, { version, optional }] of Object.entries(lock)) {
    if (path === "" || (optional && !installed[path])) continue;
    if (installed[path]?.version !== version) return false;
  }
  return Object.keys(installed).every((path) => lock[path]);
}

function installPrograms(needed) {
  const packages = missing(needed);
  if (packages.length === 0) return;
  const names = packages.join(" ");
  if (process.getuid?.() !== 0 || !findProgram("apt-get")) {
    throw new Error(`This machine lacks ${packages.join(", ")}. As root: apt-get install ${names}`);
  }
  aptInstall(packages);
  const still = missing(needed);
  if (still.length > 0) throw new Error(`${still.join(", ")} is installed, but its programs are not on the PATH.`);
}

function aptInstall(packages) {
  const names = packages.join(" ");
  say(`installing Debian packages: ${names}`);
  run("apt-get", ["update", "-qq"], "apt-get update failed. Its output is above.");
  run(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...packages],
    `apt-get install ${names} failed. Its output is above.`,
  );
}

/** @param otherwise what follows when they cannot be had */
function installIfPossible(programs, otherwise) {
  const packages = missing(programs);
  if (packages.length === 0 || process.getuid?.() !== 0 || !findProgram("apt-get")) return;
  try {
    withoutStarting(packages, () => aptInstall(packages));
  } catch (error) {
    say(`${error.message} ${otherwise}`);
  }
}

/** The packages would start servers for the whole machine, now and at each boot; the shop runs its own. */
function withoutStarting(packages, install) {
  const policy = "/usr/sbin/policy-rc.d"; // https://people.debian.org/~hmh/invokerc.d-policyrc.d-specification.txt
  const isOurs = !existsSync(policy);
  if (isOurs) writeFileSync(policy, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    if (isOurs) rmSync(policy, { force: true });
  }
  if (existsSync("/run/systemd/system")) spawnSync("systemctl", ["disable", ...packages], { stdio: "ignore" });
}

function missing(needed) {
  const isThere = (command) => (command === "postgres" ? findPostgres() : findProgram(command));
  const absent = Object.entries(needed).filter(([command]) => !isThere(command));
  return [...new Set(absent.map(([, name]) => name))];
}

/** The path of a program, or undefined. */
export function findProgram(command) {
  return fullPath()
    .split(delimiter)
    .map((folder) => join(folder, command))
    .find(isProgram);
}

/** The folder of PostgreSQL's programs, the newest: Debian keeps them off the PATH. */
export function findPostgres() {
  const onPath = findProgram("postgres");
  const folders = onPath ? [dirname(realpathSync(onPath))] : [];
  try {
    const versions = readdirSync(POSTGRES_VERSIONS).sort((a, b) => Number(b) - Number(a));
    folders.push(...versions.map((version) => join(POSTGRES_VERSIONS, version, "bin")));
  } catch {} // none is installed
  return folders.find((folder) => ["postgres", "initdb"].every((program) => isProgram(join(folder, program))));
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Runs quietly; shows what was said only when it failed. */
function run(command, args, failure) {
  const env = { ...process.env, PATH: fullPath(), DEBIAN_FRONTEND: "noninteractive" };
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd: ROOT,
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  if (status === 0) return;
  process.stderr.write(stdout ?? "");
  process.stderr.write(stderr ?? "");
  throw new Error(error ? `${failure} (${error.message})` : failure);
}

function say(text) {
  process.stderr.write(`set-up: ${text}\n`);
}

/** For the scripts: sets up, or says why not and ends the process. */
export function setupOrExit(options) {
  try {
    setup(options);
  } catch (error) {
    say(error.message);
    process.exit(1);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) setupOrExit({ tests: process.argv.includes("--tests") });

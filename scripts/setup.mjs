// Makes a fresh Debian machine with Node and npm ready: `node scripts/setup.mjs`. The demo, the tests and the benches call it
// first. It says what it does, does nothing twice, and needs nothing that it installs. Without root it says what to install.
import { spawnSync } from "node:child_process";
import { accessSync, constants, readFileSync } from "node:fs";
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
  python3: "python3", // three services of the shop
};
const NEEDED_BY_TESTS = { curl: "curl" };
/** those that need it are skipped without it, and say so */
const USED_BY_TESTS = { chromium: "chromium" };

/** A user's PATH on Debian lacks the sbin folders, where nft and ip are: each …/bin is followed by the …/sbin beside it. */
export function fullPath(path = process.env.PATH ?? "") {
  const folders = path.split(delimiter).filter(Boolean);
  const beside = folders.filter((folder) => /\/bin\/?$/.test(folder)).map((folder) => join(dirname(folder), "sbin"));
  return [...new Set([...folders, ...beside])].join(delimiter);
}

/** Throws an Error whose message is a sentence for the user when the machine cannot be made ready. */
export function setup({ tests = false } = {}) {
  installPackages();
  const isRoot = process.getuid?.() === 0;
  installPrograms({ ...NEEDED, ...(tests && NEEDED_BY_TESTS), ...(tests && isRoot && USED_BY_TESTS) });
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
  if (process.getuid?.() !== 0 || !find("apt-get")) {
    throw new Error(`This machine lacks ${packages.join(", ")}. As root: apt-get install ${names}`);
  }
  say(`installing Debian packages: ${names}`);
  run("apt-get", ["update", "-qq"], "apt-get update failed. Its output is above.");
  run(
    "apt-get",
    ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...packages],
    `apt-get install ${names} failed. Its output is above.`,
  );
  const still = missing(needed);
  if (still.length > 0) throw new Error(`${still.join(", ")} is installed, but its programs are not on the PATH.`);
}

function missing(needed) {
  const absent = Object.entries(needed).filter(([command]) => !find(command));
  return [...new Set(absent.map(([, name]) => name))];
}

function find(command) {
  return fullPath()
    .split(delimiter)
    .some((folder) => {
      try {
        accessSync(join(folder, command), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
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

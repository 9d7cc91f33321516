// Programs that a bench needs beside ours: found, or installed from Debian's packages when we may.

/** @param programs command → the Debian packages that it needs. Throws an Error with a sentence that says what to install. */
export async function needPrograms(programs: Readonly<Record<string, readonly string[]>>, say: (text: string) => void) {
  const missing = () => Object.keys(programs).filter((program) => Bun.which(program) === null);
  const packages = [...new Set(missing().flatMap((program) => programs[program] ?? []))];
  if (packages.length === 0) return;
  const names = packages.join(" ");
  if (process.getuid?.() !== 0 || Bun.which("apt-get") === null) {
    throw new Error(`this suite compares with ${packages.join(", ")}. As root: apt-get install ${names}`);
  }
  say(`installing Debian packages: ${names}`);
  await apt(["update", "-qq"]);
  await apt(["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", ...packages]);
  if (missing().length > 0) throw new Error(`${missing().join(", ")} is not on the PATH, although it was installed`);
}

async function apt(args: readonly string[]): Promise<void> {
  // Services that a package starts by itself would take part in the measurement.
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const { exitCode, stderr } = Bun.spawnSync(["apt-get", ...args], { env, stdin: "ignore", stdout: "ignore" });
  if (exitCode !== 0) throw new Error(`apt-get ${args[0]} failed: ${stderr.toString().trim()}`);
}

/** The first line of what `command` says about its version, cut down to the number. */
export function versionOf(command: readonly string[]): string {
  const { stdout, stderr } = Bun.spawnSync([...command], { stdin: "ignore" });
  return /\d+\.\d+\.\d+/.exec(`${stdout}${stderr}`)?.[0] ?? "of unknown version";
}

/** Compiles a program of bench/programs into `folder`; returns its path. */
export function compile(name: string, folder: string): string {
  const source = new URL(`../programs/${name}.c`, import.meta.url).pathname;
  const program = `${folder}/${name}`;
  const { exitCode, stderr } = Bun.spawnSync(["cc", "-O2", "-Wall", "-o", program, source, "-lm"], { stdin: "ignore" });
  if (exitCode !== 0) throw new Error(`cc ${source} failed: ${stderr.toString().trim()}`);
  return program;
}

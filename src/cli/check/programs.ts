// The programs that make namespaces and rules, with every option that we use.
import type { Machine } from "./machine.ts";
import { type Check, failure, type Group, ok, type Verdict } from "./types.ts";

type Program = { readonly name: string; readonly debian: string; readonly options: readonly string[] };

const PROGRAMS: readonly Program[] = [
  { name: "nft", debian: "nftables", options: [] },
  { name: "ip", debian: "iproute2", options: [] },
  {
    name: "unshare",
    debian: "util-linux",
    options: ["--map-root-user", "--map-user", "--map-group", "--kill-child", "--mount-proc", "--cgroup", "--fork"],
  },
  { name: "nsenter", debian: "util-linux", options: ["--net", "--mount", "--pid"] },
  { name: "setpriv", debian: "util-linux", options: ["--pdeathsig", "--no-new-privs", "--bounding-set", "--inh-caps"] },
  { name: "mount", debian: "mount", options: ["--bind"] },
];

export function programChecks(machine: Machine): Group {
  const checks = PROGRAMS.map((program): Check => ({ name: program.name, look: () => lookAt(machine, program) }));
  return { name: "programs", checks };
}

async function lookAt(machine: Machine, { name, debian, options }: Program): Promise<Verdict> {
  const path = machine.find(name);
  if (!path) return failure("it is not installed", `As root: apt-get install ${debian}`);
  if (options.length === 0) return ok(path);
  const { output } = await machine.attempt([name, "--help"]);
  const missing = options.filter((option) => !output.includes(option));
  if (missing.length === 0) return ok(path);
  return failure(
    `${path} does not know ${missing.join(", ")}`,
    `Install util-linux 2.36 or newer: apt-get install ${debian}`,
  );
}

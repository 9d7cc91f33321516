// The programs that make namespaces and rules, with every option that we use.
import { PROGRAMS } from "../../sys/programs.ts";
import type { Machine } from "./machine.ts";
import { type Check, failure, type Group, ok, type Verdict } from "./types.ts";

type Name = keyof typeof PROGRAMS;

const OPTIONS: Readonly<Record<Name, readonly string[]>> = {
  nft: [],
  ip: [],
  unshare: ["--map-root-user", "--map-user", "--map-group", "--kill-child", "--mount-proc", "--cgroup", "--fork"],
  nsenter: ["--net", "--mount", "--pid"],
  setpriv: ["--pdeathsig", "--no-new-privs", "--bounding-set", "--inh-caps"],
  mount: ["--bind"],
};

export function programChecks(machine: Machine): Group {
  const names = Object.keys(PROGRAMS) as Name[];
  const checks = names.map((name): Check => ({ name, look: () => lookAt(machine, name) }));
  return { name: "programs", checks };
}

async function lookAt(machine: Machine, name: Name): Promise<Verdict> {
  const debian = PROGRAMS[name];
  const options = OPTIONS[name];
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

// Proves that nothing is left of a mesh: notes what its processes are and use while it runs, and looks for all of it after.
// Only what was seen in that tree, or bears its name, counts: others may run meshes on the same machine.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { fullPath } from "../setup.mjs";

const NAMESPACES = ["cgroup", "ipc", "mnt", "net", "pid", "user", "uts"];
const TICKS_PER_SECOND = 100; // USER_HZ, the unit of start times in /proc

/** @param marks words that only this mesh has in a mount, a socket's path or a table's name */
export function leftovers({ marks }) {
  const seen = { processes: new Map(), namespaces: new Set(), cgroups: new Set() };
  let endingAt;
  const ours = namespacesOf("self");
  const ourCgroups = new Set(cgroupsOf("self"));

  /** Notes the tree below a pid; call it when the mesh is at its fullest. */
  function note(root) {
    for (const pid of [root, ...descendants(root)]) {
      const start = startTime(pid);
      if (!start) continue;
      seen.processes.set(`${pid} ${start}`, read(`/proc/${pid}/cmdline`).replaceAll("\0", " ").slice(0, 120));
      for (const namespace of namespacesOf(pid)) if (!ours.has(namespace)) seen.namespaces.add(namespace);
      for (const path of cgroupsOf(pid)) if (!ourCgroups.has(path)) seen.cgroups.add(path);
    }
    return { processes: seen.processes.size, namespaces: seen.namespaces.size };
  }

  /** From now on nothing of it starts any more; call it before the mesh is told to end. */
  function ending() {
    endingAt = uptimeTicks();
  }

  /** One line per thing that is still there; what is just going away gets `withinMs`. */
  async function find(withinMs = 5_000) {
    const since = endingAt ?? uptimeTicks();
    for (const deadline = performance.now() + withinMs; ; await sleep(100)) {
      const found = look(since);
      if (found.length === 0 || performance.now() > deadline) return found;
    }
  }

  /** @param until ticks: a process that started later is not ours; the kernel gives it the number of a namespace that went */
  function look(until) {
    const found = [];
    for (const [key, command] of seen.processes) {
      const [pid, start] = key.split(" ");
      if (startTime(pid) === start) found.push(`process ${pid}: ${command}`);
    }
    for (const pid of pids()) {
      const start = startTime(pid); // none: a dead process names its namespaces until it is collected
      if (!start || Number(start) > until) continue;
      for (const namespace of namespacesOf(pid)) {
        if (seen.namespaces.has(namespace)) found.push(`namespace ${namespace} of process ${pid}`);
      }
    }
    for (const path of seen.cgroups) if (existsSync(path)) found.push(`cgroup ${path}`);
    found.push(...marked("mount", read("/proc/self/mountinfo")));
    found.push(...marked("socket", read("/proc/net/unix")));
    if (process.getuid?.() === 0) {
      const list = (command, ...args) => spawnSync(command, args, { env: { ...process.env, PATH: fullPath() } }).stdout;
      found.push(...marked("nft table", String(list("nft", "list", "tables"))));
      found.push(...marked("network namespace", String(list("ip", "netns", "list"))));
    }
    return found;
  }

  function marked(kind, text) {
    const hits = text.split("\n").filter((line) => marks.some((mark) => line.includes(mark)));
    return hits.map((line) => `${kind} ${line.trim()}`);
  }

  return { note, ending, find };
}

function uptimeTicks() {
  return Number(read("/proc/uptime").split(" ")[0]) * TICKS_PER_SECOND;
}

function pids() {
  return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
}

function descendants(root) {
  const children = new Map();
  for (const pid of pids()) {
    const parent = statFields(pid)?.[1];
    children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const below = (pid) => (children.get(String(pid)) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(root);
}

/** fields of /proc/<pid>/stat behind the command's name, which may hold anything */
function statFields(pid) {
  const stat = read(`/proc/${pid}/stat`);
  return stat ? stat.slice(stat.lastIndexOf(")") + 2).split(" ") : undefined;
}

/** undefined for a process that is gone, or dead and only not yet collected */
function startTime(pid) {
  const fields = statFields(pid);
  return fields && fields[0] !== "Z" ? fields[19] : undefined;
}

function namespacesOf(pid) {
  const found = new Set();
  for (const kind of NAMESPACES) {
    try {
      found.add(readlinkSync(`/proc/${pid}/ns/${kind}`));
    } catch {} // gone, or another user's
  }
  return found;
}

/** folders of a process's control groups, in both versions' places */
function cgroupsOf(pid) {
  return read(`/proc/${pid}/cgroup`)
    .split("\n")
    .filter(Boolean)
    .flatMap((line) => {
      const [, controllers = "", path = "/"] = line.split(/^\d+:([^:]*):/);
      const roots = controllers
        ? [`/sys/fs/cgroup/${controllers.replace("name=", "")}`]
        : ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"];
      return path === "/" ? [] : roots.map((root) => root + path);
    });
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

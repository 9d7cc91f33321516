// The shop as it runs: its files, its workloads, and the commands of the mesh.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const MESHWISE = join(import.meta.dir, "..", "..", "bin", "meshwise");

export type Workload = {
  readonly id: string;
  readonly service: string;
  readonly version: string;
  /** the first process in the workload's own namespaces, as seen from here */
  readonly pid: number;
  /** the first process in the mesh's own namespaces */
  readonly meshPid: number;
};

export type Shop = {
  readonly project: string;
  /** where it runs from: compose.yaml, meshwise.yaml, services/ */
  readonly files: string;
  /** where it keeps its data */
  readonly data: string;
  readonly url: string;
  /** the command line of the mesh */
  readonly command: string;
  /** What a command prints; rejects with what it says when it fails. */
  meshwise(...args: readonly string[]): Promise<string>;
  workloads(): Promise<Workload[]>;
};

type Status = {
  pid: number;
  workloads: { id: string; service: string; version: string; pid?: number; state: string }[];
};

/** as the mesh is told; two demos of one name are told apart by it */
export function stateHome(): string {
  return process.env.MESHWISE_STATE_DIR ?? "";
}

export function openShop(place: Pick<Shop, "project" | "files" | "data" | "url">): Shop {
  const { project } = place;
  const meshwise: Shop["meshwise"] = (...args) => output([MESHWISE, "-p", project, ...args]);
  return {
    ...place,
    command: MESHWISE,
    meshwise,
    async workloads() {
      const status = JSON.parse(await meshwise("ps", "-o", "json")) as Status;
      const inside = insideOf(status.pid);
      const meshPid = processesOf(status).find((one) => namespacePids(one)[1] === 1) ?? status.pid;
      return status.workloads.flatMap(({ id, service, version, pid, state }) => {
        const first = pid === undefined ? undefined : inside.get(pid);
        return state === "running" && first !== undefined ? [{ id, service, version, pid: first, meshPid }] : [];
      });
    },
  };
}

/** What a program prints; rejects with what it says on stderr when it fails. */
export async function output(command: readonly string[], input = ""): Promise<string> {
  const process_ = Bun.spawn([...command], { stdin: new Blob([input]), stdout: "pipe", stderr: "pipe" });
  const [out, said, code] = await Promise.all([
    new Response(process_.stdout).text(),
    new Response(process_.stderr).text(),
    process_.exited,
  ]);
  if (code !== 0) throw new Error(`${command.join(" ")}: ${said.trim() || `exit code ${code}`}`);
  return out;
}

/** The processes of a workload, its first one included. */
export function processesOf(workload: Pick<Workload, "pid">): number[] {
  const children = childrenByParent();
  const below = (pid: number): number[] => [pid, ...(children.get(pid) ?? []).flatMap(below)];
  return below(workload.pid);
}

/** pid in the mesh's own PID namespace → the first process of that workload, as seen from here */
function insideOf(root: number): Map<number, number> {
  const found = new Map<number, number>();
  for (const pid of processesOf({ pid: root })) {
    const [, inMesh] = namespacePids(pid);
    if (inMesh !== undefined) found.set(inMesh, firstInside(pid));
  }
  return found;
}

/** `unshare`, which the mesh knows, stands outside of what it has made: one below it is the first inside. */
function firstInside(pid: number): number {
  return processesOf({ pid }).find((one) => namespacePids(one).length > 2) ?? pid;
}

/** its numbers, from our PID namespace inwards */
function namespacePids(pid: number): number[] {
  const line = /^NSpid:\s*(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? "";
  return line.split(/\s+/).filter(Boolean).map(Number);
}

function childrenByParent(): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const stat = read(`/proc/${name}/stat`);
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    if (stat) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  return children;
}

/** "" when it is gone */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

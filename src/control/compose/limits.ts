// Limits and the number of workloads: each may be written in two places, which must agree.
import type { ResourceLimits } from "../../model/project.ts";
import type { Path } from "../yaml/problems.ts";
import type { RawService } from "./raw.ts";
import type { Scope } from "./scope.ts";
import { sizeBytes } from "./units.ts";

export function readReplicas(scope: Scope, raw: RawService, path: Path): number {
  return one(scope, path, ["scale"], raw.scale, ["deploy", "replicas"], raw.deploy?.replicas) ?? 1;
}

export function readLimits(scope: Scope, raw: RawService, path: Path): ResourceLimits {
  const inDeploy = ["deploy", "resources", "limits"];
  const limits = raw.deploy?.resources?.limits ?? {};
  const cpus = one(
    scope,
    path,
    ["cpus"],
    readCpus(scope, raw.cpus, [...path, "cpus"]),
    [...inDeploy, "cpus"],
    readCpus(scope, limits.cpus, [...path, ...inDeploy, "cpus"]),
  );
  const memoryBytes = one(
    scope,
    path,
    ["mem_limit"],
    readSize(scope, raw.mem_limit, [...path, "mem_limit"]),
    [...inDeploy, "memory"],
    readSize(scope, limits.memory, [...path, ...inDeploy, "memory"]),
  );
  const pids = one(scope, path, ["pids_limit"], raw.pids_limit, [...inDeploy, "pids"], limits.pids);
  return {
    ...(cpus ? { cpus } : {}),
    ...(memoryBytes ? { memoryBytes } : {}),
    // 0 and -1 are Compose's words for "no limit"
    ...(pids !== undefined && pids > 0 ? { pids } : {}),
  };
}

function one<T>(
  scope: Scope,
  path: Path,
  short: string[],
  a: T | undefined,
  long: string[],
  b: T | undefined,
): T | undefined {
  if (a !== undefined && b !== undefined && a !== b) {
    scope.error([...path, ...short], `differs from ${long.join(".")}`, "Keep one of the two.");
  }
  return b ?? a;
}

function readCpus(scope: Scope, raw: string | number | boolean | undefined, path: Path): number | undefined {
  if (raw === undefined) return undefined;
  const cpus = Number(raw);
  if (String(raw).trim() !== "" && Number.isFinite(cpus) && cpus >= 0) return cpus;
  scope.error(path, `"${raw}" is not a number of cores`, "Write one such as 0.5.");
  return undefined;
}

function readSize(scope: Scope, raw: string | number | boolean | undefined, path: Path): number | undefined {
  if (raw === undefined) return undefined;
  const bytes = sizeBytes(String(raw));
  if (bytes === undefined) scope.error(path, `"${raw}" is not a size`, "Write one such as 64m or 1gb.");
  return bytes;
}

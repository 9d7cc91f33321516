// Which workloads have a log on the disk, and where; model/log-line.ts says what lies there.
import { readdirSync } from "node:fs";
import { join } from "node:path";

export type LogFile = { readonly service: string; readonly workload: string; readonly path: string };

/** @param logs the folder of the project's logs; what the mesh itself says is not among them */
export function logFiles(logs: string): LogFile[] {
  return names(logs).flatMap((service) =>
    service === "mesh"
      ? []
      : names(join(logs, service))
          .filter((name) => name.endsWith(".log"))
          .map((name) => ({ service, workload: name.slice(0, -".log".length), path: join(logs, service, name) })),
  );
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch {
    return []; // not there yet
  }
}

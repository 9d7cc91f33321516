// What was said in a window of time: what workloads printed, read from their files, and what applications sent by OTLP.
// Printed lines are masked when they are stored, and once more here: an earlier version stored them as they came.
import { redact } from "../../base/redact.ts";
import type { Apps } from "../apps/apps.ts";
import type { TraceIds } from "../apps/logs.ts";
import { type AppLog, LEVELS } from "../apps/logs.ts";
import { isNamed } from "../query/named.ts";
import { logFiles } from "./files.ts";
import { type FoundLines, linesWithin } from "./window.ts";

export type LogQuery = {
  readonly fromUs: number;
  readonly toUs: number;
  /** undefined: of all */
  readonly service?: string | undefined;
  readonly contains?: string | undefined;
  /** what was sent with this trace, and what its services printed in the window, which may be of others too */
  readonly trace?: (TraceIds & { readonly services: ReadonlySet<string> }) | undefined;
  readonly limit: number;
};

export type SeenLog = {
  readonly timeUs: number;
  readonly service: string;
  readonly workload: string;
  /** `mesh`: what the mesh says of the workload */
  readonly source: "stdout" | "stderr" | "mesh" | "otlp";
  /** "" when it was not told */
  readonly level: "" | (typeof LEVELS)[number];
  readonly text: string;
  readonly traceId?: string;
  readonly spanId?: string;
};

export type FoundLogs = { readonly logs: readonly SeenLog[]; readonly isCut: boolean };

export type LogsDeps = {
  readonly apps: Pick<Apps, "appLogs">;
  /** the folder of the workloads' logs */
  readonly folder: string;
  readonly project: () => string;
};

/** with `contains`, so many lines are looked through for each that is wanted */
const LOOKED_THROUGH = 50;

/** The newest `limit`, oldest first. */
export async function findLogs({ apps, folder, project }: LogsDeps, query: LogQuery): Promise<FoundLogs> {
  const { limit, contains, service, trace } = query;
  const most = contains === undefined ? limit : limit * LOOKED_THROUGH;
  let isCut = false;
  const printed = logFiles(folder)
    .filter((file) => isNamed(service, file.service, project()) && (!trace || trace.services.has(file.service)))
    .flatMap((file) => {
      const found: FoundLines = linesWithin(file.path, query, most);
      isCut ||= found.isCut || (contains !== undefined && found.lines.length === most);
      // lines that were read at once have one time, and their order here alone
      return found.lines.toReversed().map(
        ({ timeUs, stream, text }): SeenLog => ({
          timeUs,
          service: file.service,
          workload: file.workload,
          source: stream,
          level: "",
          text: redact(text),
        }),
      );
    });
  const { fromUs, toUs } = query;
  const told = await apps.appLogs({
    ...{ fromUs, toUs, limit: most },
    ...(service !== undefined && { service }),
    ...(trace && { trace }),
  });
  const logs = [...printed, ...told.toReversed().map(seen)]
    .filter(({ text }) => contains === undefined || text.includes(contains))
    .sort((a, b) => a.timeUs - b.timeUs)
    .slice(-limit);
  return { logs, isCut };
}

function seen({ timeUs, service, instance, severity, text, traceId, spanId }: AppLog): SeenLog {
  return {
    ...{ timeUs, service, workload: instance, source: "otlp", text },
    level: severity === 0 ? "" : (LEVELS[Math.floor((severity - 1) / 4)] ?? ""),
    ...(traceId !== "" && { traceId }),
    ...(spanId !== "" && { spanId }),
  };
}

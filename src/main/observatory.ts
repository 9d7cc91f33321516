// The observatory's process: the store, the door for telemetry, the API. Started by the host with
// MESHWISE_STATE=<state directory>; says {"apiUrl": …, "otlp": …} on stdout when all of it works; ends when its stdin does.
import { writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { apiApp } from "../api/app.ts";
import { conversionEntries } from "../api/conversions.ts";
import { journeysThread } from "../api/journeys-thread.ts";
import { type App, PREFIX } from "../api/question.ts";
import { serveApi } from "../api/server.ts";
import type { ApiProblem, LossAnswer, WhyAnswer } from "../api/types.ts";
import { systemClock } from "../base/clock.ts";
import { asMeshError } from "../base/errors/index.ts";
import { systemRandom } from "../base/random.ts";
import type { HostToObservatory, ObservatoryToHost } from "../model/messages.ts";
import { OTLP_NAME } from "../model/otlp-door.ts";
import { stateDirectory } from "../model/state-directory.ts";
import { openDoors } from "../observatory/apps/doors.ts";
import { listenForTelemetry } from "../observatory/ingest/listen.ts";
import { notifier } from "../observatory/notify/notifier.ts";
import {
  DEFAULT_MEMORY_LIMIT_MB,
  DEFAULT_RETENTION,
  DEFAULT_VISIT_ROWS,
  openObservatory,
} from "../observatory/observatory.ts";
import { readSettings } from "../observatory/settings.ts";
import { watchObjectives } from "./observatory/watch.ts";

const CLOSE_WITHIN_MS = 3_000;

/** Its file lies on the disk that may be full, which is no reason to end: process.stderr would throw. */
const log = (text: string) => {
  try {
    writeSync(2, `observatory: ${text}\n`);
  } catch {}
};

async function main(): Promise<void> {
  const root = process.env.MESHWISE_STATE;
  if (!root) throw new Error("MESHWISE_STATE names no state directory");
  const directory = stateDirectory(basename(root), { MESHWISE_STATE_DIR: dirname(root) });
  const settings = readSettings(process.env, {
    ...{ retention: DEFAULT_RETENTION, memoryLimitMb: DEFAULT_MEMORY_LIMIT_MB, visitRows: DEFAULT_VISIT_ROWS },
  });
  const clock = systemClock;

  const { out: told } = settings;
  const out = typeof told === "string" ? undefined : told;
  if (typeof told === "string") log(`${told}: nothing is sent`);

  const observatory = await openObservatory(
    { clock, log },
    {
      ...settings,
      directory: directory.store,
      logs: directory.logs,
      out,
      sqlProgram: join(import.meta.dirname, "sql.ts"),
    },
  );
  const door = listenForTelemetry(directory.ingestSocket, observatory.intake);
  const random = systemRandom();
  const parts = { clock, observatory, journeys: journeysThread(join(import.meta.dirname, "journeys.ts")) };
  const questions = apiApp(parts);
  const watch = watchObjectives({
    ...{ clock, random, log, queries: observatory.queries, store: observatory.incidents },
    notifier: notifier({ clock, random, log }),
    why: (parameters) => ask<WhyAnswer>(questions, "/why", parameters),
    conversions: {
      entries: (journey, windowS) => conversionEntries(parts, journey, windowS),
      loss: (parameters) => ask<LossAnswer>(questions, "/funnel/why", parameters),
    },
  });
  const api = serveApi({ ...parts, watch }, settings.apiPort);
  const otlp = await openDoors(observatory.apps, settings.otlpPorts, { names: [OTLP_NAME], log });
  const tell = (message: ObservatoryToHost) => process.stdout.write(`${JSON.stringify(message)}\n`);
  tell({ apiUrl: api.url, otlp: { http: otlp.http, grpc: otlp.grpc } });

  let isClosing = false;
  const close = async (why: string) => {
    if (isClosing) return;
    isClosing = true;
    log(`${why}: closing`);
    clock.after(CLOSE_WITHIN_MS, () => {
      log("could not write everything in time");
      process.exit(1);
    });
    await Promise.all([door.close(), otlp.close(), watch.close()]);
    await observatory.close();
    process.exit(0); // followers of the API see their stream end
  };
  process.on("SIGTERM", () => void close("asked to end"));
  process.on("SIGINT", () => {}); // Ctrl-C reaches the whole group; the host decides when we end
  const host = createInterface({ input: process.stdin });
  host.on("line", (line) => {
    const { processes, objectives, change, isEnding, forget, journeys } = JSON.parse(line) as HostToObservatory;
    if (processes) observatory.tellProcesses(processes);
    if (objectives) watch.set(objectives);
    if (change) observatory.tellChange(change);
    if (isEnding) {
      watch.pause(); // that workloads end is no incident
      observatory.intake.ending();
    }
    if (journeys) observatory.tellJourneys(journeys);
    if (forget) {
      const { id: forgotten, whom } = forget;
      observatory.forget(whom).then(
        (requests) => tell({ forgotten, requests }),
        (thrown) => tell({ forgotten, problem: asMeshError(thrown, "store_failed").message }),
      );
    }
  });
  host.on("close", () => void close("the host is gone"));
  process.stdin.on("error", () => void close("the host is gone"));
}

async function ask<Document>(
  questions: App,
  path: string,
  parameters: Readonly<Record<string, string>>,
): Promise<Document> {
  const response = await questions.request(`${PREFIX}${path}?${new URLSearchParams(parameters)}`);
  if (!response.ok) throw new Error(((await response.json()) as ApiProblem).detail);
  return (await response.json()) as Document;
}

main().catch((thrown) => {
  log(asMeshError(thrown, "store_failed").sentence);
  process.exit(1);
});

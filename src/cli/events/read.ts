// A file of events, whatever form it has, as a log.

import type { EventLog } from "../../analysis/journeys/log.ts";
import { logBuilder } from "../../analysis/journeys/log-builder.ts";
import { MeshError } from "../../base/errors/index.ts";
import { Misread } from "../../protocol/events/misread.ts";
import type { Context } from "../context.ts";
import { csvImporter } from "./csv-log.ts";
import type { Importer } from "./importer.ts";
import { textOf } from "./source.ts";
import { xesImporter } from "./xes-log.ts";

export async function readEvents(context: Context, path: string): Promise<EventLog> {
  const log = logBuilder();
  let importer: Importer | undefined;
  try {
    for await (const text of textOf(context, path)) {
      if (text.trim() === "" && !importer) continue;
      importer ??= /^\uFEFF?\s*</.test(text) ? xesImporter(log) : csvImporter(log);
      importer.push(text);
    }
    importer?.end();
  } catch (thrown) {
    if (!(thrown instanceof Misread)) throw thrown;
    throw new MeshError("events_invalid", `${path === "-" ? "stdin" : path}:${thrown.line} ${thrown.message}`);
  }
  if (log.size === 0) throw new MeshError("events_invalid", `${path} has no event`);
  return log.finish(importer?.isKept);
}

// Events of XES into a log. Where an activity has both its start and its completion, it counts when it is complete.
import type { LogBuilder } from "../../analysis/journeys/log-builder.ts";
import { xesReader } from "../../protocol/events/xes.ts";
import type { Importer } from "./importer.ts";

export function xesImporter(log: LogBuilder): Importer {
  /** activities that are seen to complete */
  const complete = new Set<string>();
  /** those of other transitions, by row */
  const passing = new Map<number, string>();
  const reader = xesReader(({ timeMs, trace, name, transition, attributes }) => {
    if (transition === "complete") complete.add(name);
    else if (transition !== "") passing.set(log.size, name);
    const values: string[] = [];
    for (const [key, value] of attributes) {
      const place = log.attribute(key);
      if (place >= 0) values[place] = value;
    }
    log.add(timeMs, trace, name, values);
  });
  return {
    push: reader.push,
    end: reader.end,
    isKept(row) {
      const name = passing.get(row);
      return name === undefined || !complete.has(name);
    },
  };
}

// Empties the workers' rings and sends what was in them, with a sample of everything that has a level, each second.
import type { Clock } from "../../base/clock.ts";
import { spanReader } from "../../model/span-ring.ts";
import type { NamedRule, Sample } from "../../model/telemetry.ts";
import { mapShared, RING_ROWS, type SharedFiles } from "../shared-memory.ts";
import { collector, LOOK_MS } from "./collector.ts";
import { uploader } from "./upload.ts";

const PERIOD_MS = 1000;

export type TelemetryDeps = {
  readonly clock: Clock;
  readonly files: SharedFiles;
  readonly workers: number;
  /** path of the observatory's socket */
  readonly ingest: string;
  /** unlike every other agent's, also of this host before */
  readonly agent: string;
  /** of HttpRule.key */
  readonly ruleOf: (key: number) => NamedRule | undefined;
  /** everything of a sample that this file does not know; undefined: there is nothing to tell, or another agent does */
  readonly describe: () => Omit<Sample, "agent" | "atUs" | "lost"> | undefined;
};

export type Telemetry = {
  /** the workers have ended: sends what is left, which takes as long as the observatory needs */
  finish(): Promise<void>;
};

export function startTelemetry({ clock, files, workers, ingest, agent, describe, ruleOf }: TelemetryDeps): Telemetry {
  const rings = Array.from({ length: workers }, (_, index) => spanReader(mapShared(files.ring(index)), RING_ROWS));
  const upload = uploader(ingest, clock);
  const spans = collector({ agent, rings, ruleOf, send: upload.spans });
  let lastPeriod = clock.monotonicMs();

  const sample = () => {
    const description = describe();
    if (!description) return;
    const lost = { ring: rings.reduce((sum, ring) => sum + ring.dropped(), 0), upload: upload.lost() };
    const whole: Sample = { agent, atUs: clock.nowUs(), ...description, lost };
    upload.sample(JSON.stringify(whole));
  };

  const looking = clock.every(LOOK_MS, () => {
    const isPeriodOver = clock.monotonicMs() - lastPeriod >= PERIOD_MS - LOOK_MS / 2;
    spans.look(isPeriodOver);
    if (!isPeriodOver) return;
    lastPeriod = clock.monotonicMs();
    sample();
  });

  return {
    finish() {
      looking.cancel();
      spans.look(true);
      return upload.idle();
    },
  };
}

// An observatory inside the test, with a clock that the test pushes on, and its real store.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ManualClock, manualClock } from "../../src/base/clock.manual.ts";
import type { Clock } from "../../src/base/clock.ts";
import { type Observatory, type ObservatoryOptions, openObservatory } from "../../src/observatory/observatory.ts";
import type { Retention } from "../../src/observatory/store/store.ts";
import { sample } from "./telemetry.ts";

const SQL_PROGRAM = new URL("../../src/main/sql.ts", import.meta.url).pathname;
export const HOUR_US = 3_600e6;

export type Opened = {
  readonly observatory: Observatory;
  readonly clock: ManualClock;
  readonly directory: string;
  readonly said: string[];
  /** closes it and opens another on the same directory and clock */
  again(): Promise<Opened>;
};

/** Introduced to the services of support/telemetry.ts. */
export async function inObservatory(
  use: (opened: Opened) => Promise<void>,
  retention: Partial<Retention> = {},
  more: (directory: string) => Partial<ObservatoryOptions> = () => ({}),
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), "meshwise-store-"));
  const open = async (clock: ManualClock): Promise<Opened> => {
    const said: string[] = [];
    const observatory = await openIn(directory, clock, said, retention, more(directory));
    last = observatory;
    const again = async () => {
      await observatory.close();
      return open(clock);
    };
    return { observatory, clock, directory, said, again };
  };
  let last: Observatory | undefined;
  try {
    await use(await open(manualClock()));
  } finally {
    await last?.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

export async function openIn(
  directory: string,
  clock: Clock,
  said: string[],
  retention: Partial<Retention> = {},
  more: Partial<ObservatoryOptions> = {},
): Promise<Observatory> {
  const observatory = await openObservatory(
    { clock, log: (text) => said.push(text) },
    {
      directory,
      logs: join(directory, "logs"),
      memoryLimitMb: 96,
      sqlProgram: SQL_PROGRAM,
      keptPerSecond: 1_000_000, // a whole minute comes in one second here, and all of it is asked for
      ...more,
      retention: {
        spansUs: HOUR_US,
        rollupsUs: 168 * HOUR_US,
        visitsUs: 168 * HOUR_US,
        maxBytes: 1 << 30,
        ...retention,
      },
    },
  );
  observatory.intake.sample(sample({ atUs: clock.nowUs() }));
  return observatory;
}

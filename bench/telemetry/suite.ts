// What it costs to keep telemetry and to ask it: ingest, bytes, questions over much of it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { DEFAULT_RETENTION, type Observatory, openObservatory } from "../../src/observatory/observatory.ts";
import { batchOf, randomSpans, sample } from "../../test/support/telemetry.ts";
import { atLeast, atMost, type Figure, information, type Section, type Suite } from "../suite.ts";
import { runMicro } from "../support/micro.ts";
import { fill, SERVICES } from "./fill.ts";

const ingest: Section = {
  name: "ingest",
  about: "spans from an agent's bytes into the store with rollups, stitching included",
  async run() {
    const found = new Map((await runMicro<Named>("ingest")).map(({ name, value }) => [name, value]));
    const value = (name: string) => found.get(name) ?? Number.NaN;
    return [
      atLeast("into the store, per second of CPU", value("into the store, per second of CPU"), "spans/s", {
        goal: 150_000,
      }),
      information("CPU per span", value("CPU per span"), "µs"),
      information("of which decode, name, count", value("  of which decode, name, count"), "µs"),
    ];
  },
};

type Named = { readonly name: string; readonly value: number };

/** the longest a page's question may take, ms; the 95th of a hundred */
const GOAL_MS = 1_000;

const questions: Section = {
  name: "questions",
  about: "what the page asks, over 50 million exchanges and a week of rollups",
  async run({ isQuick, say }) {
    const exchanges = isQuick ? 2_000_000 : 50_000_000;
    const directory = mkdtempSync(join(tmpdir(), "meshwise-telemetry-"));
    try {
      await (await open(directory)).close();
      const filled = await fill(directory, exchanges, Math.floor(systemClock.nowUs() / 1e6));
      say(`${exchanges} exchanges, ${filled.rollups} rollups`);
      const observatory = await open(directory);
      try {
        return [
          information("bytes per exchange on disk", filled.bytesPerExchange, "B", `${exchanges} exchanges`),
          ...(await askAll(observatory, isQuick ? 5 : 20, say)),
          atMost("observatory's memory (PSS)", pssMb(), "MiB", { goal: 1024 }),
        ];
      } finally {
        await observatory.close();
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

async function askAll(observatory: Observatory, rounds: number, say: (text: string) => void): Promise<Figure[]> {
  const { queries } = observatory;
  const back = (hours: number) => ({ fromUs: systemClock.nowUs() - hours * 3600e6, toUs: systemClock.nowUs() });
  const asked: Readonly<Record<string, () => Promise<unknown>>> = {
    "map over 15 minutes": () => queries.mesh(back(0.25)),
    "map over 6 hours": () => queries.mesh(back(6)),
    "map over a day": () => queries.mesh(back(24)),
    "map over 7 days": () => queries.mesh(back(168)),
    "series over an hour": () => queries.series({ service: "svc-1" }, back(1)),
    "series over a day": () => queries.series({ service: "svc-1" }, back(24)),
    "series over 7 days": () => queries.series({ service: "svc-1" }, back(168)),
    "newest 100 exchanges": () => queries.tap({}, 100),
    "newest 100 failed ones of a service": () => queries.tap({ service: "svc-1", status: [500, 599] }, 100),
    "100 that do not exist": () => queries.tap({ destination: "svc-1", status: [418, 418] }, 100),
  };
  const figures: Figure[] = [];
  for (const [name, ask] of Object.entries(asked)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      observatory.intake.spans(spansOfNow(round));
      const start = systemClock.monotonicMs();
      await ask();
      times.push(systemClock.monotonicMs() - start);
    }
    times.sort((a, b) => a - b);
    const p95 = times[Math.floor(0.95 * (times.length - 1))] ?? Number.NaN;
    say(`${name}: ${times.map((ms) => ms.toFixed(0)).join(" ")}`);
    figures.push(atMost(`${name}, p95`, p95, "ms", { goal: GOAL_MS, peer: `${SERVICES} services` }));
  }
  return figures;
}

let sequence = 0;
function spansOfNow(_: number): Uint8Array {
  return batchOf(randomSpans(2_000, systemClock.nowUs() - 1e6, systemClock.nowUs()), sequence++);
}

async function open(directory: string): Promise<Observatory> {
  const retention = { ...DEFAULT_RETENTION, spansUs: 24 * 3600e6, maxBytes: 64 * 2 ** 30 };
  const options = { directory, logs: "", sqlProgram: "", retention, memoryLimitMb: 96 };
  const observatory = await openObservatory({ clock: systemClock, log: console.error }, options);
  observatory.intake.sample(sample({ atUs: systemClock.nowUs() }));
  return observatory;
}

function pssMb(): number {
  return Number(/^Pss:\s+(\d+)/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8"))?.[1]) / 1024;
}

export const telemetry: Suite = {
  name: "telemetry",
  about: "ingest, bytes on disk, and questions over a large store",
  sections: [ingest, questions],
};

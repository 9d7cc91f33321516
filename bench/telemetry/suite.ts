// What it costs to keep telemetry and to ask it: ingest, bytes, questions over much of it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiApp } from "../../src/api/app.ts";
import { PREFIX } from "../../src/api/question.ts";
import { systemClock } from "../../src/base/clock.ts";
import {
  DEFAULT_MEMORY_LIMIT_MB,
  DEFAULT_RETENTION,
  type Observatory,
  openObservatory,
} from "../../src/observatory/observatory.ts";
import { sample } from "../../test/support/telemetry.ts";
import { atLeast, atMost, type Figure, information, type Section, type Suite } from "../suite.ts";
import { runMicro } from "../support/micro.ts";
import { fill, SERVICES, STEPS } from "./fill.ts";
import { startFlow } from "./flow.ts";

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
const INGESTED_PER_S = 20_000;
/** what came first is written, stitched and compacted by then */
const WARM_MS = 20_000;
const ROUNDS = 20;
const QUICK_ROUNDS = 5;

const questions: Section = {
  name: "questions",
  about: `what the page asks, over 50 million exchanges and a week of rollups, while ${INGESTED_PER_S} exchanges a second come in`,
  async run({ isQuick, say }) {
    const exchanges = isQuick ? 2_000_000 : 50_000_000;
    const directory = mkdtempSync(join(tmpdir(), "meshwise-telemetry-"));
    try {
      await (await open(directory)).close();
      const filled = await fill(directory, exchanges, Math.floor(systemClock.nowUs() / 1e6));
      say(`${exchanges} exchanges, ${filled.rollups} rollups`);
      const openedMs = systemClock.monotonicMs();
      const observatory = await open(directory);
      const opening = systemClock.monotonicMs() - openedMs;
      const flow = startFlow(observatory.intake, INGESTED_PER_S);
      try {
        await systemClock.sleep(isQuick ? WARM_MS / 4 : WARM_MS);
        const beganMs = systemClock.monotonicMs();
        const [before, cpu] = [flow.taken(), process.cpuUsage()];
        const asked = await askAll(observatory, filled.traceIds, isQuick ? QUICK_ROUNDS : ROUNDS, say);
        const seconds = (systemClock.monotonicMs() - beganMs) / 1e3;
        const { user, system } = process.cpuUsage(cpu);
        return [
          information("bytes per exchange on disk", filled.bytesPerExchange, "B", `${exchanges} exchanges`),
          information("opening the store", opening / 1e3, "s"),
          ...asked,
          atLeast("ingested meanwhile", (flow.taken() - before) / seconds, "spans/s", { goal: 0.95 * INGESTED_PER_S }),
          information("CPU meanwhile", (user + system) / 1e6 / seconds, "cores"),
          atMost("observatory's memory (PSS)", pssMb(), "MiB", { goal: 1024 }),
        ];
      } finally {
        flow.stop();
        await observatory.close();
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  },
};

const FUNNEL = encodeURIComponent(STEPS.join(" > "));

/** Paths of the API; `{trace}` is a trace of any time. */
const ASKED: Readonly<Record<string, string>> = {
  health: "/health?since=15m",
  "map of 15 minutes": "/map?since=15m",
  "map of 6 hours": "/map?since=6h",
  "map of a day": "/map?since=1d",
  "map of 7 days": "/map?since=7d",
  "routes of an hour": "/routes?service=svc-1&since=1h",
  "routes of a day": "/routes?service=svc-1&since=1d",
  "series of an hour": "/series?service=svc-1&since=1h",
  "series of a day": "/series?service=svc-1&since=1d",
  "series of 7 days": "/series?service=svc-1&since=7d",
  "ledger of 15 minutes": "/ledger?service=svc-1",
  "newest traces": "/traces?since=15m",
  "slow traces of an hour": "/traces?since=1h&slow=1",
  "failed traces of a service, an hour": "/traces?since=1h&of=svc-1&failed=1",
  "traces of a path that nobody asked for": "/traces?since=1h&route=/nothing",
  "a trace of the hour": "/traces/{trace}",
  "newest 100 exchanges": "/tap?limit=100",
  "100 of half an hour ago": "/tap?from={30m}&to={29m}&limit=100",
  "newest 100 failed ones of a service": "/tap?service=svc-1&status=5xx&limit=100",
  "100 of a route": "/tap?destination=svc-1&route=GET%20%2Fitems%2F%7Bid%7D&limit=100",
  "100 that do not exist": "/tap?destination=svc-1&status=418&limit=100",
  funnel: `/funnel?steps=${FUNNEL}&since=1d`,
  journeys: "/journeys?since=1d",
};

async function askAll(
  observatory: Observatory,
  traceIds: readonly string[],
  rounds: number,
  say: (text: string) => void,
): Promise<Figure[]> {
  const app = apiApp({ clock: systemClock, observatory });
  const ask = async (path: string, round: number) => {
    const ago = (_: string, minutes: string) =>
      new Date(systemClock.nowUs() / 1e3 - Number(minutes) * 60_000).toISOString();
    const trace = traceIds[(round * 7) % traceIds.length] as string;
    const asked = path.replace("{trace}", trace).replaceAll(/\{(\d+)m\}/g, ago);
    const answer = await app.request(PREFIX + asked);
    const text = await answer.text();
    if (answer.status !== 200) throw new Error(`${asked}: ${answer.status} ${text}`);
  };
  const figures: Figure[] = [];
  for (const [name, path] of Object.entries(ASKED)) {
    const times: number[] = [];
    for (let round = 0; round < rounds; round++) {
      const start = systemClock.monotonicMs();
      await ask(path, round);
      times.push(systemClock.monotonicMs() - start);
    }
    times.sort((a, b) => a - b);
    const p95 = times[Math.ceil(0.95 * times.length) - 1] ?? Number.NaN;
    say(`${name}: ${times.map((ms) => ms.toFixed(0)).join(" ")}`);
    figures.push(atMost(`${name}, p95`, p95, "ms", { goal: GOAL_MS, peer: `${SERVICES} services` }));
  }
  return figures;
}

async function open(directory: string): Promise<Observatory> {
  const retention = { ...DEFAULT_RETENTION, spansUs: 24 * 3600e6, maxBytes: 64 * 2 ** 30 };
  const options = { directory, logs: "", sqlProgram: "", retention, memoryLimitMb: DEFAULT_MEMORY_LIMIT_MB };
  const observatory = await openObservatory(
    { clock: systemClock, log: console.error },
    { ...options, keptPerSecond: INGESTED_PER_S },
  );
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

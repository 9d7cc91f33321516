// What it costs to keep telemetry and to ask it: ingest, bytes, questions over much of it.
import { systemClock } from "../../src/base/clock.ts";
import { atLeast, atMost, type Figure, information, type Section, type Suite } from "../suite.ts";
import { temporaryFolder } from "../support/children.ts";
import { cpuBetween, readCpu } from "../support/cpu-time.ts";
import { pssOf } from "../support/memory.ts";
import { runMicro } from "../support/micro.ts";
import { fill, SERVICES, STEPS } from "./fill.ts";
import { startFlow } from "./flow.ts";
import { watchHolds } from "./holds.ts";
import { type Observed, observe, storeIn } from "./process.ts";
import { worker } from "./worker.ts";

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
const LOOK_MS = 1_000;
const SETTINGS = {
  MESHWISE_KEEP_PER_SECOND: String(2 * INGESTED_PER_S), // all, also when they come in gusts
  MESHWISE_KEEP_SPANS: String(24 * 3600),
  MESHWISE_STORE_MB: String(64 * 1024),
};
const ROUNDS = 20;
const QUICK_ROUNDS = 5;

const questions: Section = {
  name: "questions",
  about: `what the page asks, over 50 million exchanges and a week of rollups, while ${INGESTED_PER_S} exchanges a second come in`,
  async run({ isQuick, say }) {
    const exchanges = isQuick ? 2_000_000 : 50_000_000;
    const folder = temporaryFolder();
    await (await observe(folder, SETTINGS)).stop();
    const filled = await fill(storeIn(folder), exchanges, Math.floor(systemClock.nowUs() / 1e6));
    say(`${exchanges} exchanges, ${filled.rollups} rollups`);
    const openedMs = systemClock.monotonicMs();
    const observed = await observe(folder, SETTINGS);
    const opening = systemClock.monotonicMs() - openedMs;
    try {
      return [
        information("bytes per exchange on disk", filled.bytesPerExchange, "B", `${exchanges} exchanges`),
        information("opening the store", opening / 1e3, "s"),
        ...(await underway(observed, filled.traceIds, isQuick, say)),
      ];
    } finally {
      await observed.stop();
    }
  },
};

/** What answers take while exchanges come in, and what that takes of the machine. */
async function underway(
  observed: Observed,
  traceIds: readonly string[],
  isQuick: boolean,
  say: (text: string) => void,
): Promise<Figure[]> {
  const flow = startFlow(observed.upload, INGESTED_PER_S);
  let memory = 0;
  const holds = watchHolds(observed.alive);
  const look = systemClock.every(LOOK_MS, () => {
    memory = Math.max(memory, pssOf(observed.pid));
  });
  try {
    await systemClock.sleep(isQuick ? WARM_MS / 4 : WARM_MS);
    const [beganMs, sent, cpu] = [systemClock.monotonicMs(), flow.sent(), readCpu(observed.pid)];
    holds.take();
    let held = 0;
    const asked = await askAll(observed, traceIds, isQuick ? QUICK_ROUNDS : ROUNDS, (name, times) => {
      const longest = holds.take();
      held = Math.max(held, longest);
      say(`${name}: ${times.map((ms) => ms.toFixed(0)).join(" ")}; nobody else was answered for ${longest.toFixed(0)}`);
    });
    await holds.stop();
    flow.stop();
    await observed.upload.idle(); // what still waits is late
    const seconds = (systemClock.monotonicMs() - beganMs) / 1e3;
    const cpuNs = cpuBetween(cpu, readCpu(observed.pid));
    const { stitch: unstitched = 0, ...others } = Object.fromEntries(await observed.lost());
    const lost = Object.values(others).reduce((sum, spans) => sum + spans, observed.upload.lost());
    return [
      ...asked,
      information("nobody was answered for, at most", held, "ms"),
      atLeast("ingested meanwhile", (flow.sent() - sent) / seconds, "spans/s", { goal: 0.95 * INGESTED_PER_S }),
      atMost("of which lost", lost, "spans", { goal: 0 }),
      information("of which not stitched", (unstitched / flow.sent()) * 100, "%"),
      information("CPU of the observatory meanwhile", cpuNs / 1e9 / seconds, "cores"),
      atMost("its memory at most (PSS)", memory / 2 ** 20, "MiB", { goal: 1024 }),
    ];
  } finally {
    look.cancel();
    flow.stop();
    await holds.stop();
  }
}

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
  observed: Observed,
  traceIds: readonly string[],
  rounds: number,
  asked: (name: string, times: readonly number[]) => void,
): Promise<Figure[]> {
  const ask = (path: string, round: number) => {
    const ago = (_: string, minutes: string) =>
      new Date(systemClock.nowUs() / 1e3 - Number(minutes) * 60_000).toISOString();
    const trace = traceIds[(round * 7) % traceIds.length] as string;
    return observed.ask(path.replace("{trace}", trace).replaceAll(/\{(\d+)m\}/g, ago));
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
    asked(name, times);
    figures.push(atMost(`${name}, p95`, p95, "ms", { goal: GOAL_MS, peer: `${SERVICES} services` }));
  }
  return figures;
}

export const telemetry: Suite = {
  name: "telemetry",
  about: "ingest, bytes on disk, questions over a large store, and what recording takes of a worker",
  sections: [ingest, questions, worker],
};

// Spans per second and core from an agent's bytes into the store, all of it: decode, name, count, write, checkpoint.
// `bun bench/micro/ingest.ts [seconds of traffic] [spans per second]`
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { manualClock } from "../../src/base/clock.manual.ts";
import { seededRandom } from "../../src/base/random.ts";
import { DEFAULT_MEMORY_LIMIT_MB, DEFAULT_RETENTION, openObservatory } from "../../src/observatory/observatory.ts";
import { batchOf, randomSpans, sample } from "../../test/support/telemetry.ts";

const BATCH = 5_000;
const isJson = process.argv.includes("--json");
const [seconds = 12, perSecond = 50_000] = process.argv.slice(2).map(Number).filter(Number.isFinite);

const directory = mkdtempSync(join(tmpdir(), "meshwise-ingest-"));
const clock = manualClock();
const observatory = await openObservatory(
  { clock, log: console.error },
  { directory, logs: "", retention: DEFAULT_RETENTION, memoryLimitMb: DEFAULT_MEMORY_LIMIT_MB, sqlProgram: "" },
);
observatory.intake.sample(sample({ atUs: clock.nowUs() }));

const cost = { intakeUs: 0, cpuUs: 0, wallMs: 0 };
for (let second = 0; second < seconds; second++) {
  const batches = Array.from({ length: perSecond / BATCH }, (_, index) => {
    const number = second * 1_000 + index;
    return batchOf(randomSpans(BATCH, clock.nowUs() - 1e6, clock.nowUs(), seededRandom(number + 1)), number);
  });
  Bun.gc(true); // what made the batches is not part of it
  const before = process.cpuUsage();
  const start = performance.now();
  for (const batch of batches) observatory.intake.spans(batch);
  const taken = process.cpuUsage(before);
  cost.intakeUs += taken.user + taken.system;
  clock.advance(1_000);
  await observatory.queries.tap({ error: "none" }, 1); // in turn with the writer: waits for it
  const used = process.cpuUsage(before);
  cost.cpuUs += used.user + used.system;
  cost.wallMs += performance.now() - start;
}
const pss = /^Pss:\s+(\d+)/m.exec(readFileSync("/proc/self/smaps_rollup", "utf8"))?.[1];
await observatory.close();

const spans = seconds * perSecond;
const line = (name: string, value: number, unit: string) =>
  console.log(
    isJson ? JSON.stringify({ name, value }) : `${name.padEnd(44)}${value.toPrecision(4).padStart(10)} ${unit}`,
  );
line("spans", spans, "");
line("into the store, per second of CPU", (spans / cost.cpuUs) * 1e6, "spans/s");
line("into the store, per second", (spans / cost.wallMs) * 1e3, "spans/s");
line("CPU per span", cost.cpuUs / spans, "µs");
line("  of which decode, name, count", cost.intakeUs / spans, "µs");
line("store", statSync(join(directory, "telemetry.duckdb")).size / spans, "bytes/span");
line("PSS (with the makers of the batches)", Number(pss) / 1024, "MiB");
rmSync(directory, { recursive: true, force: true });

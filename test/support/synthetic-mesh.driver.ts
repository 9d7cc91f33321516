// Starts an observatory that is fed by a synthetic mesh each second, until stdin ends:
//   bun test/support/synthetic-mesh.driver.ts --services 200 --namespaces 8 --seed 1 --port 0
// stdout: {"apiUrl": …, "otlpUrl": …} once the first figures are there. A line `restart` on stdin kills the observatory and starts it
// again on the same port; then it comes again. A line of JSON is told to it as its host would.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { nowUs, type Running, startObservatory } from "./observatory.ts";
import { syntheticBatch, syntheticMesh } from "./synthetic-mesh.ts";

const { values } = parseArgs({
  options: {
    services: { type: "string", default: "200" },
    namespaces: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    port: { type: "string", default: "0" },
    visitors: { type: "string", default: "40" },
    /** seconds before now that have figures, too */
    past: { type: "string", default: "120" },
  },
});
const number = (name: keyof typeof values) => Number(values[name]);
const mesh = syntheticMesh({
  services: number("services"),
  namespaces: number("namespaces"),
  seed: number("seed"),
  visitors: number("visitors"),
});
const folder = mkdtempSync(join(tmpdir(), "meshwise-synthetic-"));
let port = values.port;
let sequence = 0;
let toldUs = nowUs() - number("past") * 1e6;

async function start(): Promise<Running> {
  const running = await startObservatory(join(folder, "synthetic"), { environment: { MESHWISE_API_PORT: port } });
  port = new URL(running.apiUrl).port;
  return running;
}

/** What happened since it was told last, ten seconds a batch. */
async function feed(to: Running): Promise<void> {
  const untilUs = nowUs();
  while (toldUs < untilUs) {
    const nextUs = Math.min(toldUs + 10e6, untilUs);
    const spans = mesh.spans(toldUs, nextUs).filter(({ startUs, end }) => startUs + end <= nowUs() + 4e6);
    await to.post("/ingest/sample", JSON.stringify(mesh.sample(nextUs)));
    if (spans.length > 0) await to.post("/ingest/spans", syntheticBatch(spans, sequence++));
    toldUs = nextUs;
  }
}

async function begin(): Promise<Running> {
  const running = await start();
  await feed(running);
  process.stdout.write(`${JSON.stringify({ apiUrl: running.apiUrl, otlpUrl: running.otlpUrl })}\n`);
  return running;
}

let observatory = await begin();
let isRestarting = false;
let isFeeding = false;
const feeding = systemClock.every(1_000, () => {
  if (isRestarting || isFeeding) return;
  isFeeding = true;
  // one that is being killed takes nothing
  void feed(observatory).then(
    () => (isFeeding = false),
    () => (isFeeding = false),
  );
});

for await (const line of console) {
  if (line.startsWith("{")) {
    observatory.child.stdin.write(`${line}\n`);
    await observatory.child.stdin.flush();
  }
  if (line.trim() !== "restart") continue;
  isRestarting = true;
  observatory.child.kill("SIGKILL");
  await observatory.child.exited;
  observatory = await begin();
  isRestarting = false;
}
feeding.cancel();
observatory.child.kill("SIGKILL");
await observatory.child.exited;
rmSync(folder, { recursive: true, force: true });

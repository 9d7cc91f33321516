// `npm run demo -- --smoke`: the demo from start to end without a person, judged, within 45 s.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { leftovers } from "./leftovers.mjs";
import { COMPOSE_FILE, startShop } from "./shop.mjs";

const FIGURES_MS = 20_000;
/** a shop of which nothing is broken fails less often than this, whatever the machine is busy with */
const MAX_FAILED_SHARE = 0.01;

/** Resolves to the line of success; throws with the reason. */
export async function smoke({ say, signal }) {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-smoke-"));
  const project = `smoke-${process.pid}`;
  const remains = leftovers({ marks: [folder, project] });
  // a folder of its own for whatever asks for a temporary place: it must be empty in the end
  const temporary = mkdtempSync(join(folder, "tmp-"));
  const environment = { MESHWISE_STATE_DIR: join(folder, "state"), TMPDIR: temporary };
  let shop;
  try {
    shop = await startShop({ project, environment, shoppers: { rate: 6, think: 150 }, say, signal });
    remains.note(shop.up.process.pid);
    const figures = await everyServiceBusy(shop, await serviceNames(), signal);
    await pageShows(shop.url, "Mug, speckled");
    remains.note(shop.up.process.pid);
    await shop.stop();

    const left = [...(await remains.find()), ...readdirSync(temporary).map((name) => `file ${join(temporary, name)}`)];
    if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
    return figures;
  } finally {
    await shop?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function serviceNames() {
  const { parse } = await import("yaml");
  return Object.keys(parse(readFileSync(COMPOSE_FILE, "utf8"), { merge: true }).services);
}

async function everyServiceBusy(shop, names, signal) {
  let idle = names;
  for (const deadline = performance.now() + FIGURES_MS; ; await sleep(500)) {
    if (signal.aborted) throw new Error("it was stopped");
    const stat = (await shop.ask("stat", "--since", "5m")).rows;
    idle = names.filter((name) => !stat.some((row) => row.service === name && row.requests + row.connections > 0));
    if (idle.length === 0) return judge(shop, names.length);
    if (performance.now() > deadline)
      throw new Error(`no traffic seen at ${idle.join(", ")} in ${FIGURES_MS / 1000} s`);
  }
}

async function judge(shop, services) {
  const { rows, coverage } = await shop.ask("edges", "--since", "5m");
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const requests = sum("requests");
  const failed = sum("failures");
  const line = `services=${services} edges=${rows.length} requests=${requests} failed=${failed}`;
  if (failed > requests * MAX_FAILED_SHARE) {
    const bad = rows.filter((row) => row.failures > 0);
    const where = bad.map((row) => `${row.source} → ${row.destination}:${row.port} ${row.failures} of ${row.requests}`);
    throw new Error(`too many failures: ${line} (${where.join(", ")})`);
  }
  if (coverage.spans < 1) throw new Error(`figures are missing: ${coverage.missing.join(", ")}`);
  return line;
}

async function pageShows(url, text) {
  const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
  const html = await response.text();
  if (response.status !== 200 || !html.includes(text))
    throw new Error(`${url} answered ${response.status}, without "${text}"`);
}

// `npm run demo -- --smoke`: the demo from start to end without a person, judged, within two minutes.
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { BUN } from "../setup.mjs";
import { leftovers } from "./leftovers.mjs";
import { startShop } from "./shop.mjs";

const PURCHASE = join(dirname(dirname(fileURLToPath(import.meta.url))), "purchase.ts");
const FIGURES_MS = 30_000;
const MAIL_MS = 15_000;
/** a shop of which nothing is broken fails less often than this, whatever the machine is busy with */
const MAX_FAILED_SHARE = 0.01;

/** Resolves to the line of success; throws with the reason. */
export async function smoke({ say, signal }) {
  const folder = mkdtempSync(join(tmpdir(), "meshwise-smoke-"));
  const project = `smoke-${process.pid}`;
  const remains = leftovers({ marks: [folder, project] });
  // a folder of its own for whatever asks for a temporary place: it must be empty in the end
  const temporary = mkdtempSync(join(folder, "tmp-"));
  for (const one of [folder, temporary]) chmodSync(one, 0o711); // the database has a user of its own
  const environment = { MESHWISE_STATE_DIR: join(folder, "state"), TMPDIR: temporary };
  const on = { say, ready() {}, services() {} };
  const started = performance.now();
  let shop;
  try {
    shop = await startShop({ project, environment, shoppers: { rate: 2, think: 200 }, on, signal });
    const startSeconds = ((performance.now() - started) / 1000).toFixed(1);
    remains.note(shop.up.process.pid);
    const bought = await purchase(shop.url);
    await isStored(shop, bought);
    const figures = await everyServiceBusy(shop, signal);
    remains.note(shop.up.process.pid);
    remains.ending();
    await shop.stop();

    const left = [...(await remains.find()), ...readdirSync(temporary).map((name) => `file ${join(temporary, name)}`)];
    if (left.length > 0) throw new Error(`left behind: ${left.join("; ")}`);
    const storage = shop.storage.SHOP_DATABASE ? "postgres" : "sqlite";
    return `start=${startSeconds}s storage=${storage} ${figures}`;
  } catch (error) {
    // what the services said is gone with the shop
    for (const line of (await shop?.run("logs").catch(() => ""))?.trim().split("\n").slice(-40) ?? []) say(line);
    throw error;
  } finally {
    await shop?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A machine that is busy may fail a page's time limit: three tries in all. */
async function purchase(url, tries = 3) {
  try {
    return JSON.parse(await output(BUN, PURCHASE, url));
  } catch (error) {
    if (tries === 1) throw error;
    await sleep(5_000);
    return purchase(url, tries - 1);
  }
}

/** Asks the storage itself, not the services that wrote to it. */
async function isStored(shop, { order, product, quantity }) {
  const rows = await query(shop, "orders", `SELECT product, quantity FROM order_items WHERE order_id = '${order}'`);
  const expected = [{ product, quantity }];
  if (JSON.stringify(rows) !== JSON.stringify(expected))
    throw new Error(`order ${order} is stored as ${JSON.stringify(rows)}`);
  const stock = await query(shop, "inventory", "SELECT product, available FROM stock");
  const full = Math.max(...stock.map(({ available }) => available));
  const { available } = stock.find((row) => row.product === product);
  if (available > full - quantity) throw new Error(`${product} was bought, and still ${available} are in stock`);

  const spool = join(shop.data, "mail", "sent.mbox");
  for (const deadline = performance.now() + MAIL_MS; !readFileSync(spool, "utf8").includes(order); await sleep(200)) {
    if (performance.now() > deadline) throw new Error(`the mail for order ${order} is not in ${spool}`);
  }
}

async function query(shop, service, sql) {
  const url = shop.storage.SHOP_DATABASE ?? `sqlite://${shop.data}/${service}.db`;
  const program = `const sql = new Bun.SQL(${JSON.stringify(url)}, { max: 1 });
    console.log(JSON.stringify(await sql.unsafe(${JSON.stringify(sql)}))); await sql.close();`;
  return JSON.parse(await shop.run("run", "--", BUN, "-e", program));
}

/** Every service is on the map, with traffic to it or, for a worker, from it. */
async function everyServiceBusy(shop, signal) {
  for (const deadline = performance.now() + FIGURES_MS; ; await sleep(500)) {
    if (signal.aborted) throw new Error("it was stopped");
    const { nodes, edges } = await map(shop);
    const ends = new Set(edges.flatMap(({ source, target }) => [source, target]));
    const busy = new Set(nodes.filter(({ id }) => ends.has(id)).map(({ name }) => name));
    const idle = shop.services.filter((name) => !busy.has(name));
    if (idle.length === 0) return judge(shop);
    if (performance.now() > deadline)
      throw new Error(`no traffic seen at ${idle.join(", ")} in ${FIGURES_MS / 1000} s`);
  }
}

async function map(shop) {
  const response = await fetch(`${shop.map}/api/v1/map?since=5m&expand=*`, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`the map answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function judge(shop) {
  const { rows, coverage } = await shop.ask("edges", "--since", "5m");
  const sum = (key) => rows.reduce((total, row) => total + row[key], 0);
  const requests = sum("requests");
  const failed = sum("failures");
  const line = `services=${shop.services.length} edges=${rows.length} requests=${requests} failed=${failed}`;
  if (failed > requests * MAX_FAILED_SHARE) {
    const bad = rows.filter((row) => row.failures > 0);
    const where = bad.map((row) => `${row.source} → ${row.destination}:${row.port} ${row.failures} of ${row.requests}`);
    throw new Error(`too many failures: ${line} (${where.join(", ")})`);
  }
  if (coverage.spans < 1) throw new Error(`figures are missing: ${coverage.missing.join(", ")}`);
  return line;
}

function output(command, ...args) {
  return new Promise((resolve, reject) => {
    execFile(command, args, { timeout: 60_000 }, (error, out, err) =>
      error ? reject(new Error(err.trim() || error.message)) : resolve(out),
    );
  });
}

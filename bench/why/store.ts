// A store of a mesh of many services that call each other as a tree, made straight in its tables: a day of rollups and an hour of
// exchanges. One of the services has become slow a while ago, and everyone above it with it.
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { encodeSketch } from "../../src/base/sketch.bytes.ts";
import { add, sketch } from "../../src/base/sketch.ts";
import { TIERS, type TierKind } from "../../src/observatory/store/tiers.ts";
import { fillTier } from "../support/rollup-tier.ts";
import { fillExchanges, gauss } from "../telemetry/fill.ts";

/** three calls below the entry, in trees of 100 services and of 2,000 */
export const CULPRIT = 30;
export const SLOW_FOR_S = 600;
const CALLEES = 4;
/** each callee is asked for every second request */
const CALLED = 0.5;
const OWN_MS = 5;
/** what the culprit adds to its own requests, in mean latencies of the entry: that becomes half as slow again */
const ADDED = 4;
const ENTRY_PER_S = 40;
const ROUTES = 2;
/** sketches of a service and state, to differ from period to period */
const VARIANTS = 6;
/** ms requests vary by, log-normal */
const SPREAD = 0.4;
const MOST_SAMPLED = 200;
/** periods of ten seconds for a window of 15 minutes and its baseline; a question about a day reads minutes */
const KEPT_S: Readonly<Record<TierKind, number>> = { tens: 4500, minutes: 86_400, hours: 86_400 };

type Service = { readonly perS: number; readonly usualMs: number; readonly slowMs: number };

/** @param directory of an observatory that was opened once, and closed. @returns rows of rollups */
export async function fillMesh(directory: string, services: number, exchanges: number, nowS: number): Promise<number> {
  const instance = await DuckDBInstance.create(join(directory, "telemetry.duckdb"), {
    threads: "1",
    memory_limit: "1GB",
  });
  const connection = await instance.connect();
  await connection.run("SET preserve_insertion_order = false");
  await connection.run(
    `INSERT INTO peers SELECT i + 1, 1000 + i, 'bench', 'svc-' || i, 'svc-' || i || '-1', 'v1' FROM range(${services}) t(i)`,
  );
  await connection.run(
    `INSERT INTO series SELECT i * ${ROUTES} + r + 1,
       CASE WHEN i = 0 THEN 'outside' ELSE 'svc-' || ((i - 1) // ${CALLEES}) END, CASE WHEN i = 0 THEN '' ELSE 'bench' END,
       'svc-' || i, 'bench', 8080, 'http/1.1', '/route/' || r, 'GET', 'v1', 2, ''
     FROM range(${services}) a(i), range(${ROUTES}) b(r)`,
  );
  await fillSketches(connection, tree(services));
  let rows = 0;
  for (const { kind, seconds } of TIERS) {
    const requests = `greatest(1, round(per_s * ${seconds}))`;
    rows += await fillTier(
      connection,
      { kind, seconds, keptS: KEPT_S[kind], nowS },
      {
        ...{ count: services * ROUTES, requests, durationUs: `${requests} * ms * 1000`, sketches: "bench_services" },
        which: `service = s // ${ROUTES} AND variant = hash(p * 31 + s) % ${VARIANTS} AND is_slow = (start_s >= ${nowS - SLOW_FOR_S})`,
      },
    );
  }
  await connection.run("DROP TABLE bench_services");
  await fillExchanges(connection, exchanges, nowS, services);
  await connection.run("CHECKPOINT");
  connection.closeSync();
  instance.closeSync();
  return rows;
}

/** Of each, how often it is asked and how long it takes. */
function tree(count: number): Service[] {
  const parentOf = (at: number) => Math.floor((at - 1) / CALLEES);
  const perS = Array.from({ length: count }, () => ENTRY_PER_S);
  for (let at = 1; at < count; at++) perS[at] = CALLED * (perS[parentOf(at)] as number);
  const usual = perS.map(() => OWN_MS);
  for (let at = count - 1; at > 0; at--) usual[parentOf(at)]! += CALLED * (usual[at] as number);
  const slow = [...usual];
  let added = ADDED * (usual[0] as number);
  for (let at = CULPRIT; ; at = parentOf(at)) {
    slow[at]! += added;
    if (at === 0) break;
    added *= CALLED;
  }
  return perS.map((perS, at) => ({ perS, usualMs: usual[at] as number, slowMs: slow[at] as number }));
}

async function fillSketches(connection: DuckDBConnection, services: readonly Service[]): Promise<void> {
  await connection.run(
    "CREATE TABLE bench_services (service INTEGER, is_slow BOOLEAN, variant INTEGER, per_s DOUBLE, ms DOUBLE, durations BLOB)",
  );
  const appender = await connection.createAppender("bench_services");
  const random = seededRandom(1);
  for (const [service, { perS, usualMs, slowMs }] of services.entries()) {
    for (const [state, ms] of [usualMs, slowMs].entries()) {
      for (let variant = 0; variant < VARIANTS; variant++) {
        appender.appendInteger(service);
        appender.appendBoolean(state === 1);
        appender.appendInteger(variant);
        const { durations, meanUs } = sampled(random, ms, 10 * perS);
        appender.appendDouble(perS / ROUTES);
        appender.appendDouble(meanUs / 1000);
        appender.appendBlob(encodeSketch(durations));
        appender.endRow();
      }
    }
  }
  appender.closeSync();
}

/** Durations of some requests, and their mean, which is that of the sums beside it. */
function sampled(random: Random, meanMs: number, requests: number) {
  const durations = sketch();
  const middleUs = 1000 * meanMs * Math.exp(-(SPREAD ** 2) / 2);
  let sumUs = 0;
  for (let i = 0; i < Math.min(MOST_SAMPLED, Math.max(1, requests)); i++) {
    const us = middleUs * Math.exp(gauss(random) * SPREAD);
    add(durations, us);
    sumUs += us;
  }
  return { durations, meanUs: sumUs / durations.count };
}

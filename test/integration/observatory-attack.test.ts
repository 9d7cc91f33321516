// Strangers choose paths, hosts, methods and statements, and may try to make the observatory remember all of them. It counts
// each exchange, names a bounded number, and says `other` of the rest.
import { expect, test } from "bun:test";
import { type Random, seededRandom } from "../../src/base/random.ts";
import { FLAG, METHODS, PROTOCOLS, type Span } from "../../src/model/span.ts";
import { inObservatory } from "../support/open-observatory.ts";
import { batchOf, sample, span } from "../support/telemetry.ts";

const BATCH = 5_000;
const ROUND = 40;
const MINUTE_US = 60e6;

const text = (random: Random, length: number) =>
  Array.from({ length }, () => "abcdefghijklmnopqrstuvwxyz0123456789-_.~%"[random.u32() % 41]).join("");

/** one of each kind in turn */
function hostile(random: Random, index: number, startUs: number): Span {
  const words = (count: number) => Array.from({ length: count }, () => text(random, 3 + (random.u32() % 20))).join("/");
  switch (index % 5) {
    case 0: // an app that answers everything with 200
      return span({ startUs, path: `/${words(1 + (random.u32() % 6))}`, method: 1 + (random.u32() % 11) });
    case 1: // what scanners try
      return span({ startUs, path: `/${words(2)}.php`, status: 404 });
    case 2: // calls to names that nobody knows, on any port
      return span({
        ...{ startUs, path: `/${words(3)}`, authority: `${text(random, 12)}.example:443`, flags: FLAG.egress },
        ...{ service: 0, workload: 0, port: random.u32() % 65_536 },
      });
    case 3: // statements that are never the same
      return span({
        startUs,
        path: `SELECT ${text(random, 12)}`,
        method: 0,
        status: 0,
        protocol: REDIS,
        service: 4,
        workload: 14,
      });
    default: // looks like a probe, and like a long poll
      return span({ startUs: startUs - 4e6, end: 4_000_000, path: `/${words(1)}/healthz`, status: 204 });
  }
}
const REDIS = PROTOCOLS.indexOf("redis");

test("every exchange is counted, a bounded number is named, and memory stays where it was", async () => {
  await inObservatory(
    async ({ observatory, clock }) => {
      const random = seededRandom(11);
      let sent = 0;
      let sequence = 0;
      const attack = async (batches: number) => {
        for (let n = 0; n < batches; n++) {
          const now = clock.nowUs();
          const spans = Array.from({ length: BATCH }, (_, index) => hostile(random, index, now));
          observatory.intake.sample(sample({ atUs: now }));
          observatory.intake.spans(batchOf(spans, sequence++));
          sent += spans.length;
          clock.advance(1_000);
          await observatory.queries.tap({}, 1); // answered when the store has written what it was given
        }
        Bun.gc(true);
        const { heapUsed, external } = process.memoryUsage();
        return (heapUsed + external) / 2 ** 20;
      };

      const before = await attack(ROUND); // whatever has a bound is full, but for the ten minutes that are kept of each series
      const after = await attack(ROUND);

      expect(after - before).toBeLessThan(48); // MiB; 250 bytes kept of each exchange would be more
      const window = { fromUs: clock.nowUs() - 2 * MINUTE_US, toUs: clock.nowUs(), withProbes: true };
      const { rows: flows } = await observatory.queries.mesh(window);
      expect(flows.reduce((sum, { all }) => sum + all.requests, 0)).toBe(sent);
      for (const service of ["cart", "stock"]) {
        const { rows } = await observatory.queries.routes({ service }, window);
        expect(rows.length).toBeGreaterThan(50);
        expect(rows.length).toBeLessThanOrEqual(202); // its own, {other} and {probe}
        const asked = flows.filter(({ destination }) => destination === service);
        const counted = asked.reduce((sum, { all }) => sum + all.requests, 0);
        expect(rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(counted);
      }
      const outside = new Set(
        flows.filter(({ destinationNamespace }) => destinationNamespace === "").map((f) => f.destination),
      );
      expect(outside.size).toBeLessThanOrEqual(258); // 256 names, `outside` for the others, `other` for what has no room at all

      // who comes afterwards is still told by name
      observatory.intake.spans(
        batchOf([span({ startUs: clock.nowUs(), service: 3, workload: 13, path: "/pay/17" })], sequence),
      );
      clock.advance(1_000);
      const { rows } = await observatory.queries.routes({ service: "pay" }, { ...window, toUs: clock.nowUs() });
      expect(rows.map(({ route }) => route)).toEqual([`${METHODS[1]} /pay/{id}`]);
    },
    {},
    () => ({ keptPerSecond: 500 }),
  );
}, 120_000);

// A store that the last release wrote (testdata/) is opened and answers as before.
import { expect, test } from "bun:test";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destinationOf, differences, edgeOf, groups } from "../../../test/support/brute-force.ts";
import { openIn } from "../../../test/support/open-observatory.ts";
import { randomSpans } from "../../../test/support/telemetry.ts";
import { manualClock } from "../../base/clock.manual.ts";
import { seededRandom } from "../../base/random.ts";
import { signals } from "../../model/tally.ts";

const BEGAN_US = 1_700_000_000_000_000;
const MINUTE_US = 60e6;
/** what is in the file: forty exchanges in each of twenty minutes */
const SENT = Array.from({ length: 20 }, (_, minute) => {
  const atUs = BEGAN_US + minute * MINUTE_US;
  return randomSpans(40, atUs - 30e6, atUs, seededRandom(minute + 1));
}).flat();

test("a store of format 1 is brought over: figures, series, exchanges, losses", async () => {
  const directory = mkdtempSync(join(tmpdir(), "meshwise-migrate-"));
  const packed = readFileSync(new URL("testdata/format-1.duckdb.gz", import.meta.url));
  writeFileSync(join(directory, "telemetry.duckdb"), Bun.gunzipSync(packed));
  const clock = manualClock(BEGAN_US + 20 * MINUTE_US);
  const said: string[] = [];
  try {
    for (const _ of ["brought over", "as any other"]) {
      const observatory = await openIn(directory, clock, said);
      const window = { fromUs: BEGAN_US - MINUTE_US, toUs: clock.nowUs() };

      const { rows, coverage } = await observatory.queries.mesh(window);
      const byEdge = groups(SENT, edgeOf);
      expect(rows).toHaveLength(byEdge.size);
      for (const { all, ...row } of rows) {
        const name = [row.source, row.destination, row.port, row.protocol].join(" ");
        expect(differences(signals(all, 1), byEdge.get(name) ?? [])).toEqual([]);
      }
      expect(coverage.missing[0]).toContain("19 exchanges were lost in workers");
      const steps = await observatory.queries.series({ service: "cart" }, window, 60);
      const toCart = SENT.filter((span) => destinationOf(span) === "cart").length;
      expect(steps.rows.reduce((sum, { requests }) => sum + requests, 0)).toBe(toCart);
      const { services } = await observatory.queries.course(window);
      const cart = services.find(({ name }) => name === "cart")?.steps ?? [];
      expect(cart.reduce((sum, { requests }) => sum + requests, 0)).toBe(toCart);
      const http = SENT.filter((span) => destinationOf(span) === "cart" && span.protocol !== 0);
      expect(cart.reduce((sum, { timed }) => sum + timed, 0)).toBe(http.length); // which it did not count
      expect((await observatory.queries.tap({}, 10_000)).rows).toHaveLength(SENT.length);

      await observatory.close();
    }
    expect(said.filter((line) => line.includes("format"))).toEqual([
      "store: brought from format 1-2552fa4d9afb7f9b to 2",
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

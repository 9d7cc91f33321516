// What the store gives back, compared with a brute-force count; what it forgets, and when.
import { expect, test } from "bun:test";
import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { ERROR_CODES } from "../../src/base/errors/index.ts";
import { seededRandom } from "../../src/base/random.ts";
import { FLAG, METHODS, type Span } from "../../src/model/span.ts";
import { signals } from "../../src/model/tally.ts";
import type { TapFilter } from "../../src/observatory/query/condition.ts";
import type { Exchange } from "../../src/observatory/query/exchange.ts";
import { destinationOf, differences, edgeOf, groups, sourceOf } from "../support/brute-force.ts";
import { eventually } from "../support/eventually.ts";
import { HOUR_US, inObservatory, type Opened } from "../support/open-observatory.ts";
import { batchOf, randomSpans, SERVICES, sample, span } from "../support/telemetry.ts";

const ALL: TapFilter = {};

async function expectEdges({ observatory, clock }: Opened, fromUs: number, spans: readonly Span[]): Promise<void> {
  const found = await observatory.queries.mesh({ fromUs, toUs: clock.nowUs() });
  const byEdge = groups(spans, edgeOf);
  expect(found.rows).toHaveLength(byEdge.size);
  for (const { all, ...row } of found.rows) {
    const name = [row.source, row.destination, row.port, row.protocol].join(" ");
    expect(differences(signals(all, 1), byEdge.get(name) ?? [])).toEqual([]);
  }
}

const storedRows = async ({ observatory }: Opened) => (await observatory.queries.tap(ALL, 1_000_000)).rows.length;

test("figures of the past are the same from memory, from the store, and from both", async () => {
  await inObservatory(async (first) => {
    const { clock } = first;
    const beganUs = clock.nowUs();
    const sent: Span[] = [];
    for (let minute = 0; minute < 30; minute++) {
      const spans = randomSpans(50, clock.nowUs() - 30e6, clock.nowUs(), seededRandom(minute + 1));
      first.observatory.intake.spans(batchOf(spans, minute));
      sent.push(...spans);
      clock.advance(60_000);
    }
    // half an hour is more than memory holds
    await expectEdges(first, beganUs - 60e6, sent);

    const second = await first.again();
    await expectEdges(second, beganUs - 60e6, sent);

    const late = randomSpans(50, clock.nowUs() - 600e6, clock.nowUs(), seededRandom(99));
    second.observatory.intake.spans(batchOf(late, 30));
    await expectEdges(second, beganUs - 60e6, [...sent, ...late]);

    const third = await second.again();
    await expectEdges(third, beganUs - 60e6, [...sent, ...late]);
  });
});

test("exchanges are dropped after their time, figures are kept for theirs", async () => {
  await inObservatory(
    async (opened) => {
      const { observatory, clock } = opened;
      const beganUs = clock.nowUs();
      for (let quarter = 0; quarter < 16; quarter++) {
        observatory.intake.spans(batchOf(randomSpans(100, clock.nowUs() - 1e6, clock.nowUs()), quarter));
        clock.advance(15 * 60_000);
        await eventually(async () => observatory.trouble() === undefined && (await storedRows(opened)) >= 0);
      }

      const second = await opened.again();
      await eventually(async () => (await storedRows(second)) <= 600);
      const found = await second.observatory.queries.mesh({ fromUs: beganUs - 60e6, toUs: clock.nowUs() });
      expect(found.rows.reduce((sum, row) => sum + row.all.requests, 0)).toBe(1_600);
    },
    { spansUs: HOUR_US },
  );
});

test("a store that is too large loses its oldest exchanges first", async () => {
  const maxBytes = 12 << 20;
  await inObservatory(
    async (opened) => {
      const { observatory, clock, directory } = opened;
      for (let batch = 0; batch < 40; batch++) {
        const spans = randomSpans(5_000, clock.nowUs() - 1e6, clock.nowUs(), seededRandom(batch + 1));
        observatory.intake.spans(batchOf(spans, batch));
        clock.advance(6 * 60_000);
        await observatory.queries.tap({ path: "none" } as TapFilter, 1); // in turn with the writer
      }

      const rows = await storedRows(opened);

      expect(rows).toBeLessThan(200_000);
      expect(rows).toBeGreaterThan(20_000);
      expect(statSync(join(directory, "telemetry.duckdb")).size).toBeLessThan(maxBytes * 2);
    },
    { maxBytes, spansUs: 24 * HOUR_US },
  );
}, 60_000);

test("a filter finds the same exchanges in memory and in the store", async () => {
  await inObservatory(async (first) => {
    const { clock } = first;
    const nowUs = clock.nowUs();
    const spans = randomSpans(2_000, nowUs - 50e6, nowUs);
    // hosts as strangers write them
    for (const authority of ["[2001:db8::1]:443", "2001:db8::2", "", "[::1", "outside", "cart:80"]) {
      spans.push(span({ startUs: nowUs - 9e6, service: 0, workload: 0, flags: FLAG.egress, authority }));
    }
    spans.push(span({ startUs: nowUs - 9e6, service: 0, workload: 0, authority: "lost.example.com" }));
    first.observatory.intake.spans(batchOf(spans));
    const filters = fc.sample(anyFilter(nowUs), { numRuns: 150, seed: 1 });
    const found: unknown[] = [];
    for (const filter of filters) found.push(unstitched((await first.observatory.queries.tap(filter, 5_000)).rows));

    const second = await first.again();

    for (const [index, filter] of filters.entries()) {
      const { rows } = await second.observatory.queries.tap(filter, 5_000);
      expect(unstitched(rows), JSON.stringify(filter)).toEqual(found[index] as never);
    }
  });
}, 60_000);

/** Whose call it was is known by the time that it is stored. */
function unstitched(rows: readonly Exchange[]): unknown[] {
  return rows.map(({ traceId: _, parentSpanId: __, confidence: ___, ...rest }) => rest);
}

function anyFilter(nowUs: number): fc.Arbitrary<TapFilter> {
  const names = fc.constantFrom(
    ...SERVICES,
    "outside",
    "api1.example.com",
    "nobody",
    "2001:db8::1",
    "2001:db8::2",
    "::1",
    "lost.example.com",
  );
  return fc.record(
    {
      service: names,
      source: names,
      destination: names,
      method: fc.constantFrom(...METHODS),
      pathPrefix: fc.constantFrom("", "/", "/cart", "/über/1", "/%"),
      status: fc.constantFrom([500, 599] as const, [404, 404] as const, [200, 299] as const),
      error: fc.constantFrom("any", ...ERROR_CODES.slice(0, 3)),
      minDurationUs: fc.constantFrom(0, 1_000, 100_000),
      fromUs: fc.constant(nowUs - 30e6),
      toUs: fc.constant(nowUs - 10e6),
    },
    { requiredKeys: [] },
  );
}

test("tap shows the newest exchanges, each with all that is known of it", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const nowUs = clock.nowUs();
    const spans = randomSpans(500, nowUs - 5e6, nowUs);
    observatory.intake.spans(batchOf(spans));

    const { rows } = await observatory.queries.tap(ALL, 500);

    rows.forEach((row, index) => {
      const expected = spans[index] as Span;
      expect(row).toMatchObject({
        startUs: expected.startUs,
        source: sourceOf(expected),
        destination: destinationOf(expected),
        path: expected.path,
        status: expected.status,
        durationUs: expected.end,
        requestBytes: expected.requestBytes,
        responseBytes: expected.responseBytes,
      });
      expect(row.error).toBe(ERROR_CODES[expected.error - 1]);
      expect(row.phases.pooled).toBeUndefined();
      expect(row.phases.firstByte).toBe(expected.firstByte);
    });
  });
});

test("spans that come before the sample which names their workload get its name", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const { services, workloads } = sample();
    observatory.intake.spans(batchOf([span({ startUs: clock.nowUs() - 1e6, service: 9, workload: 99 })]));
    expect((await observatory.queries.tap(ALL, 10)).rows).toHaveLength(0);

    const added = { ...(workloads[0] as (typeof workloads)[number]), key: 99, id: "late-1", service: "late" };
    observatory.intake.sample(
      sample({
        atUs: clock.nowUs(),
        services: [...services, { key: 9, name: "late", namespace: "shop" }],
        workloads: [...workloads, added],
      }),
    );

    expect((await observatory.queries.tap(ALL, 10)).rows[0]).toMatchObject({
      destination: "late",
      destinationWorkload: "late-1",
    });
  });
});

test("spans of a workload that nobody names are shown all the same after two seconds", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    observatory.intake.spans(batchOf([span({ startUs: clock.nowUs() - 1e6, service: 9, workload: 99 })]));

    clock.advance(2_000);

    expect((await observatory.queries.tap(ALL, 10)).rows[0]).toMatchObject({ destination: "workload-99" });
  });
});

test("what was lost on the way is counted in the coverage, with its reason", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    observatory.intake.spans(batchOf(randomSpans(60, clock.nowUs() - 5e6, clock.nowUs())));
    observatory.intake.sample(sample({ atUs: clock.nowUs(), lost: { ring: 30, upload: 10 } }));

    const { coverage } = await observatory.queries.mesh({ fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() });

    expect(coverage.spans).toBe(0.6);
    expect(coverage.missing).toEqual([
      "30 exchanges were lost in workers because the supervisor did not fetch them in time",
      "10 exchanges were lost in the agent because the observatory could not be reached for too long",
    ]);
  });
});

test("an agent that fell silent is told", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    clock.advance(12_000);

    const { coverage } = await observatory.queries.mesh({ fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() });

    expect(coverage.missing).toEqual(["the agent has not reported for 12 s"]);
  });
});

test("exchanges with impossible values are refused one by one and counted", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const startUs = clock.nowUs() - 1e6;
    const bad: Partial<Span>[] = [
      { startUs: Number.NaN },
      { startUs: clock.nowUs() + 60e6 },
      { startUs: 0 },
      { protocol: 200 },
      { method: 99 },
      { error: 60_000 },
      { requestBytes: -1 },
      { responseBytes: Number.POSITIVE_INFINITY },
    ];
    const good = { path: "/good", startUs };
    observatory.intake.spans(batchOf([good, ...bad.map((one) => ({ startUs, ...one })), good].map(span)));

    const { rows, coverage } = await observatory.queries.tap(ALL, 100);

    expect(rows.map((row) => row.path)).toEqual(["/good", "/good"]);
    expect(coverage.missing).toEqual(["8 exchanges were refused because their values were impossible"]);
  });
});

test("services are listed with their workloads before they have traffic", async () => {
  await inObservatory(async ({ observatory, clock }) => {
    const { rows } = await observatory.queries.services({ fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() });

    expect(rows.map((row) => [row.service, row.requests, row.success, row.meshed, row.connections])).toEqual([
      ["cart", 0, undefined, { ready: 1, total: 1 }, 1],
      ["pay", 0, undefined, { ready: 1, total: 1 }, 2],
      ["stock", 0, undefined, { ready: 1, total: 1 }, 3],
      ["web", 0, undefined, { ready: 1, total: 1 }, 0],
    ]);
  });
});

test("changes are seen in samples, kept over a restart, and asked for by service", async () => {
  await inObservatory(async (first) => {
    const { clock } = first;
    const { workloads } = sample();
    clock.advance(1_000);
    const rolled = workloads.map((one) => (one.service === "cart" ? { ...one, revision: "next", version: "v2" } : one));
    first.observatory.intake.sample(sample({ atUs: clock.nowUs(), workloads: rolled }));
    first.observatory.tellChange({ ...MESH_CHANGE, atUs: clock.nowUs() });
    const window = { fromUs: clock.nowUs() - 60e6, toUs: clock.nowUs() + 60e6 };
    const textsIn = ({ observatory }: Opened, service: string) =>
      observatory.queries.changes(window, { service }).rows.map(({ kind, text }) => [kind, text]);

    expect(textsIn(first, "cart")).toEqual([
      ["deployment", "version v2 after v1"],
      ["configuration", "configuration 2 is in force"],
    ]);
    const second = await first.again();
    expect(textsIn(second, "shop/cart").slice(0, 2)).toEqual(textsIn(first, "cart"));
    expect(textsIn(second, "pay")).toEqual([["configuration", "configuration 2 is in force"]]);
  });
});

const MESH_CHANGE = {
  kind: "configuration",
  ...{ namespace: "", service: "", workload: "", version: "2" },
  text: "configuration 2 is in force",
} as const;
